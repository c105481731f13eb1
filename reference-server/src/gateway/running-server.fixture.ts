import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Claims,
  type DeviceCommand,
  type FrameAnswer,
  type FrameHeader,
  NAMESPACE,
  type ServerToViewerEvents,
  type ViewerToServerEvents,
} from '@gaitway/contract';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { frameOf } from '../ingest/frames.fixture.ts';
import { realClock } from '../real-clock.ts';
import { type RunningServer, startServer } from '../server.ts';
import { SERVER_SETTINGS_DEFAULT, type ServerSettings } from '../settings.ts';
import { mintToken } from '../tokens/tokens.ts';

export const SECRET = 'a secret that is long enough for tests, surely';

export const settingsFor = (over: Partial<ServerSettings> = {}): ServerSettings => ({
  ...SERVER_SETTINGS_DEFAULT,
  port: 0,
  instance: 'a',
  dataFolder: '',
  tokenSecret: SECRET,
  drainSpreadMs: 0,
  ...over,
});

/** Windows that close soon. */
export const SHORT_WINDOWS = {
  window: { windowMs: 1000, windowOriginMs: 0, windowPhaseSpreadMs: 0 },
  allowedLatenessMs: 100,
} as const;

export const tokenOf = (claims: Claims, secret = SECRET, ttlSeconds = 600, issuedAtMs = Date.now()): string =>
  mintToken(claims, secret, ttlSeconds, issuedAtMs);

export const deviceToken = (device: number, ward = 'w1'): string =>
  tokenOf({ role: 'device', device, patient: `p${device}`, ward });

export const viewerToken = (
  role: 'patient' | 'caregiver' | 'doctor',
  patients: string[],
  wards: string[] = [],
): string => tokenOf({ role, viewer: 'v', patients, wards });

/** A features frame whose slot began a second ago. */
export const freshFrame = (over: Partial<FrameHeader> & { oldestHeldSeq?: number } = {}): Uint8Array =>
  frameOf({ startMs: Date.now() - 1000, slotMs: 1000, ...over });

export type ViewerSocket = Socket<ServerToViewerEvents, ViewerToServerEvents>;
type ClientOptions = Partial<ManagerOptions & SocketOptions>;

/** Servers and clients of one test, all of which end with it. */
export class Harness {
  private readonly undo: (() => unknown)[] = [];
  readonly warnings: string[] = [];

  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'gaitway-gateway-'));
    this.undo.push(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  async start(over: Partial<ServerSettings> = {}): Promise<RunningServer> {
    const settings = settingsFor({ dataFolder: over.dataFolder ?? this.folder(), ...over });
    const server = await startServer(settings, realClock, {
      info: () => {},
      warn: (says) => this.warnings.push(says),
    });
    this.undo.push(() => server.stop({ drainMs: 0 }));
    return server;
  }

  later(step: () => unknown): void {
    this.undo.push(step);
  }

  open(url: string, namespace: string, auth: object, options: ClientOptions = {}): Socket {
    const socket = io(url + namespace, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth,
      ...options,
    });
    this.undo.push(() => socket.disconnect());
    return socket;
  }

  /** A device that is connected. */
  async device(server: { url: string }, device: number, ward = 'w1'): Promise<DeviceClient> {
    const socket = this.open(server.url, NAMESPACE.device, { token: deviceToken(device, ward) });
    const client = new DeviceClient(device, socket);
    await connected(socket);
    return client;
  }

  /** A viewer that is connected. */
  async viewer(server: { url: string }, token: string, options: ClientOptions = {}): Promise<ViewerClient> {
    const socket = this.open(server.url, NAMESPACE.live, { token }, options);
    const client = new ViewerClient(socket as ViewerSocket);
    await connected(socket);
    return client;
  }

  async end(): Promise<void> {
    for (const step of this.undo.splice(0).reverse()) await step();
  }
}

export function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('it did not connect within 60 s')), 60_000);
    socket.once('connect', resolve).once('connect_error', reject);
    for (const event of ['connect', 'connect_error']) socket.once(event, () => clearTimeout(late));
  });
}

/** Why a handshake was refused. */
export async function refusal(socket: Socket): Promise<{ code: string; says: string }> {
  const [error] = (await once(socket as never, 'connect_error')) as [Error & { data?: never }];
  if (error.data === undefined) throw error;
  return error.data;
}

/** A device as the stock client makes one. */
export class DeviceClient {
  readonly socket: Socket;
  readonly commands: DeviceCommand[] = [];
  private readonly device: number;
  private seq = 0;

  constructor(device: number, socket: Socket) {
    this.device = device;
    this.socket = socket;
    socket.on('command', (command: DeviceCommand) => this.commands.push(command));
  }

  /** Sends any arguments and resolves with the answer. */
  say(...carried: unknown[]): Promise<FrameAnswer> {
    return this.socket.timeout(10_000).emitWithAck('frame', ...carried) as Promise<FrameAnswer>;
  }

  frame(over: Partial<FrameHeader> & { oldestHeldSeq?: number } = {}): Uint8Array {
    return freshFrame({ device: this.device, ...over });
  }

  /** The next good reading. */
  report(over: Partial<FrameHeader> = {}): Promise<FrameAnswer> {
    return this.say(this.frame({ seq: this.seq++, oldestHeldSeq: 0, ...over } as Partial<FrameHeader>));
  }
}

type Seen = {
  [Event in keyof ServerToViewerEvents]: { event: Event; value: Parameters<ServerToViewerEvents[Event]>[0] };
}[keyof ServerToViewerEvents];

/** A viewer that remembers what it saw. */
export class ViewerClient {
  readonly socket: ViewerSocket;
  readonly seen: Seen[] = [];

  constructor(socket: ViewerSocket) {
    this.socket = socket;
    for (const event of ['newest', 'reading', 'window', 'assessment', 'alert', 'insight', 'slow'] as const) {
      (socket as Socket).on(event, (value: unknown) => this.seen.push({ event, value } as Seen));
    }
  }

  watch(target: unknown): Promise<unknown> {
    return this.socket.timeout(10_000).emitWithAck('watch', target as never);
  }

  unwatch(target: unknown): Promise<unknown> {
    return this.socket.timeout(10_000).emitWithAck('unwatch', target as never);
  }

  all<Event extends Seen['event']>(event: Event): Extract<Seen, { event: Event }>['value'][] {
    return this.seen.flatMap((one) => (one.event === event ? [one.value as never] : []));
  }
}

/** Looks again until it is so. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 60_000,
): Promise<T> {
  const lastMs = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > lastMs) throw new Error(`it did not come about within ${limitMs} ms: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The value of one series in the server's metrics. */
export async function metric(server: RunningServer, series: string): Promise<number> {
  const line = (await server.metricsText()).split('\n').find((text) => text.startsWith(`${series} `));
  if (line === undefined) throw new Error(`there is no series ${series}`);
  return Number(line.slice(series.length + 1));
}

/** The next tick of the server's event loop has passed for this client: what it was sent before has been dealt with. */
export async function roundTrip(viewer: ViewerClient): Promise<void> {
  await viewer.watch(null);
}
