import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Claims, HANDSHAKE_FAULTS, NAMESPACE } from '@gaitway/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SocketFanOut } from '../fanout/socket-fan-out.ts';
import type { Ingest } from '../ingest/ingest.ts';
import { createManualClock, type ManualClock } from '../observe/manual-clock.fixture.ts';
import { createNullMeter } from '../observe/null-meter.ts';
import { realClock } from '../real-clock.ts';
import { DeviceGateway } from './device-gateway.ts';
import { Harness, refusal, SECRET, tokenOf, until } from './running-server.fixture.ts';
import { closeSocketServer, socketServer } from './socket-server.ts';
import { ViewerGateway } from './viewer-gateway.ts';

const VIEWER: Claims = { role: 'doctor', viewer: 'v', patients: ['p1'], wards: ['w1'] };
const DEVICE: Claims = { role: 'device', device: 1, patient: 'p1', ward: 'w1' };
const END = { code: 'token_expired', says: HANDSHAKE_FAULTS.token_expired };
const DAY_SECONDS = 24 * 3600;

describe('a session whose token expires', () => {
  let http: HttpServer;
  let io: ReturnType<typeof socketServer>;
  let clock: ManualClock;
  let meter: ReturnType<typeof createNullMeter>;
  let harness: Harness;

  beforeEach(async () => {
    http = createServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    io = socketServer(http);
    clock = createManualClock();
    meter = createNullMeter();
    harness = new Harness();
    const parts = { io, clock, meter, tokenSecret: SECRET, connectionsMax: 10 };
    const ingest = { openSession: () => ({ receive: () => {}, close: () => {} }) } as unknown as Ingest;
    new DeviceGateway({ ...parts, ingest, connected: () => {} });
    new ViewerGateway({
      ...parts,
      archive: { patient: async () => null, patients: async () => [], windowsOf: async () => [] },
      fanOut: new SocketFanOut(io, { clock, meter, instance: 'a', shared: false }),
      viewerQueuePacketsMax: 10,
      windowMs: 1000,
    });
  });
  afterEach(async () => {
    await harness.end();
    await closeSocketServer(io, http, realClock, 1000);
  });

  /** A connection that remembers, in order, what it was told of its end. */
  async function open(namespace: string, claims: Claims, ttlSeconds: number) {
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const socket = harness.open(url, namespace, {
      token: tokenOf(claims, SECRET, ttlSeconds, clock.epochMs()),
    });
    const told: unknown[] = [];
    socket.on('ended', (end) => told.push(end));
    socket.on('disconnect', (reason) => told.push(reason));
    // On the server's side it stands by now: the client hears of it last.
    await once(socket as never, 'connect');
    return { socket, told };
  }

  const expired = (who: 'device' | 'viewer') => meter.countOf('sessionsExpired', { who });

  it.each([
    { who: 'viewer', namespace: NAMESPACE.live, claims: VIEWER },
    { who: 'device', namespace: NAMESPACE.device, claims: DEVICE },
  ] as const)(
    'ends with it ($who): it is told why, disconnected and counted, and no other is',
    async (one) => {
      const { who, namespace, claims } = one;
      const short = await open(namespace, claims, 60);
      const together = await open(namespace, claims, 60);
      const long = await open(namespace, claims, 120);
      clock.passMs(59_999);
      const { sockets } = io.of(namespace);
      expect(sockets.size).toBe(3);
      clock.passMs(1);
      expect(sockets.size).toBe(1);
      await until(() => short.told.length === 2 && together.told.length === 2);
      expect(short.told).toEqual([END, 'io server disconnect']);
      expect(together.told).toEqual(short.told);
      expect(expired(who)).toBe(2);
      expect(long.told).toEqual([]);
      clock.passMs(60_000);
      await until(() => long.told.length === 2);
      expect(expired(who)).toBe(3);
      expect(expired(who === 'device' ? 'viewer' : 'device')).toBe(0);
      // No connection is left without a session.
      await until(() => io.engine.clientsCount === 0);
    },
  );

  it('is in no room from that moment on', async () => {
    const { socket, told } = await open(NAMESPACE.live, VIEWER, 60);
    expect(await socket.emitWithAck('watch', { ward: 'w1' })).toEqual({ watching: true });
    expect(io.of(NAMESPACE.live).adapter.rooms.has('ward:w1')).toBe(true);
    clock.passMs(60_000);
    expect(io.of(NAMESPACE.live).adapter.rooms.size).toBe(0);
    await until(() => told.length === 2);
  });

  it('is not let in again with the same token, and is with a new one', async () => {
    const { socket, told } = await open(NAMESPACE.live, VIEWER, 60);
    clock.passMs(60_000);
    await until(() => told.length === 2);
    socket.connect();
    expect(await refusal(socket)).toEqual(END);
    const again = await open(NAMESPACE.live, VIEWER, 60);
    expect(again.socket.connected).toBe(true);
  });

  it('stays until then, however far off that is and in whatever order tokens came', async () => {
    const far = await open(NAMESPACE.live, VIEWER, 60 * DAY_SECONDS);
    const near = await open(NAMESPACE.live, VIEWER, 10);
    clock.passMs(10_000);
    await until(() => near.told.length === 2);
    clock.passMs((60 * DAY_SECONDS - 10) * 1000 - 1);
    expect(io.of(NAMESPACE.live).sockets.size).toBe(1);
    clock.passMs(1);
    await until(() => far.told.length === 2);
    expect(expired('viewer')).toBe(2);
  });

  it('that left before is not counted', async () => {
    const { socket } = await open(NAMESPACE.live, VIEWER, 60);
    socket.disconnect();
    await until(() => io.of(NAMESPACE.live).sockets.size === 0);
    clock.passMs(120_000);
    expect(expired('viewer')).toBe(0);
  });
});
