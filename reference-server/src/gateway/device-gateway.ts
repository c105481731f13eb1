import {
  type Clock,
  type DeviceClaims,
  type DeviceCommand,
  type FrameAnswer,
  hash32,
  NAMESPACE,
  type PatientProfile,
} from '@gaitway/contract';
import type { Server, Socket } from 'socket.io';
import type { Ingest } from '../ingest/ingest.ts';
import type { Meter } from '../observe/meter.ts';
import type { UpdateService } from '../update/update-service.ts';
import { answerFrame, takeFrames } from './frame-packets.ts';
import { handshake } from './handshake.ts';
import { releaseRequest } from './release-request.ts';
import { SessionExpiry } from './session-expiry.ts';

export interface DeviceGatewayDeps {
  io: Server;
  ingest: Ingest;
  clock: Clock;
  meter: Meter;
  tokenSecret: string;
  connectionsMax: number;
  /** Told who connected, so that the patient is known to the API. */
  connected(profile: PatientProfile): void;
  /** Told how to speak to it, too; gives what to call when it has left. */
  updates?: Pick<UpdateService, 'connected'> | undefined;
}

/** Sessions of devices on `/device`: the thin layer between Socket.IO and the ingest stage. */
export class DeviceGateway {
  private readonly deps: DeviceGatewayDeps;
  /** Until when devices are sent away, and over how long their leaving is spread. */
  private draining: { untilMs: number; spreadMs: number } | undefined;

  constructor(deps: DeviceGatewayDeps) {
    this.deps = deps;
    const { io, clock, meter, tokenSecret } = deps;
    const connectedGauge = meter.gauge('devicesConnected');
    const namespace = io.of(NAMESPACE.device);
    const expiry = new SessionExpiry(clock, meter.counter('sessionsExpired', { who: 'device' }));
    const showConnected = () => connectedGauge.set(namespace.sockets.size);
    namespace.use(
      handshake(['device'], {
        clock,
        meter,
        tokenSecret,
        closedBecause: () => {
          if (this.draining) return 'draining';
          return namespace.sockets.size >= deps.connectionsMax ? 'full' : undefined;
        },
      }),
    );
    namespace.on('connection', (socket) => {
      showConnected();
      socket.on('disconnect', showConnected);
      this.serve(socket);
      expiry.watch(socket);
    });
  }

  get devices(): number {
    return this.deps.io.of(NAMESPACE.device).sockets.size;
  }

  /** Tells every device to connect elsewhere, spread over `spreadMs`, and waits until they have left or the time is over. */
  async drain(spreadMs: number): Promise<void> {
    const { io, clock } = this.deps;
    const untilMs = clock.monotonicMs() + spreadMs + LEAVING_MS;
    this.draining = { untilMs, spreadMs };
    const { sockets } = io.of(NAMESPACE.device);
    for (const socket of sockets.values()) this.sendAway(socket);
    while (sockets.size > 0 && clock.monotonicMs() < untilMs) {
      await new Promise<void>((resolve) => clock.setTimer(LOOK_AGAIN_MS, resolve));
    }
  }

  private serve(socket: Socket): void {
    const claims = socket.data.claims as DeviceClaims;
    const session = this.deps.ingest.openSession(claims);
    takeFrames(socket, (bytes, packetId) =>
      session.receive(bytes, (answer) => answerFrame(socket, packetId, answer)),
    );
    releaseRequest(socket);
    socket.on('disconnect', () => session.close());
    // In other words than the usual ones: too much in the event, or too little.
    socket.on('frame', (...carried: unknown[]) => {
      const answer = carried.at(-1);
      const answered = typeof answer === 'function';
      const bytes = carried[0];
      session.receive(
        answered && carried.length === 2 && bytes instanceof Uint8Array ? bytes : undefined,
        answered ? (answer as (answer: FrameAnswer) => void) : NOBODY_ASKS,
      );
    });
    this.command(socket, { command: 'time_sync', epochMs: this.deps.clock.epochMs() });
    // Its handshake had passed just before the draining began.
    if (this.draining) this.sendAway(socket);
    const { patient, ward, device } = claims;
    const left = this.deps.updates?.connected(device, (command) => this.command(socket, command));
    if (left) socket.on('disconnect', left);
    this.deps.connected({ patient, ward, device, displayName: patient, synthetic: true });
  }

  private sendAway(socket: Socket): void {
    const { device } = socket.data.claims as DeviceClaims;
    const spreadMs = Math.max(1, this.draining?.spreadMs ?? 0);
    this.command(socket, { command: 'reconnect', afterMs: hash32(device, SPREAD_STREAM) % spreadMs });
  }

  private command(socket: Socket, command: DeviceCommand): void {
    socket.emit('command', command);
  }
}

const SPREAD_STREAM = 0x647261;
/** What a device may take to leave after its time has come. */
const LEAVING_MS = 1000;
const LOOK_AGAIN_MS = 20;

/** The answer to a message that came without an acknowledgement callback. */
const NOBODY_ASKS = (): void => {};
