import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NAMESPACE } from '@gaitway/contract';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNullMeter } from '../observe/null-meter.ts';
import { realClock } from '../real-clock.ts';
import type { RunningServer } from '../server.ts';
import { DeafPeer } from './deaf-peer.fixture.ts';
import {
  connected,
  type DeviceClient,
  deviceToken,
  Harness,
  metric,
  until,
  viewerToken,
} from './running-server.fixture.ts';
import { closeSocketServer, type EngineConnection, socketServer } from './socket-server.ts';
import { ANSWERS_WAITING_MAX, endUnread } from './unread-packets.ts';

/** More than a kernel's buffers take of their answers, by far. */
const MESSAGES_MAX = 500_000;

const harness = new Harness();

/** A server that answers whatever it is asked with `answer`, and notes the most packets that waited. */
async function answering(answer: string, packetsMax: number) {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const io = socketServer(http);
  const meter = createNullMeter();
  endUnread(io, meter, packetsMax);
  const waiting = { most: 0 };
  io.engine.on('connection', (connection: EngineConnection) => {
    connection.on('packetCreate', () => {
      waiting.most = Math.max(waiting.most, connection.writeBuffer.length);
    });
  });
  io.of('/asked').on('connection', (socket) => {
    socket.on('ask', (give: (answer: string) => void) => give(answer));
  });
  harness.later(() => closeSocketServer(io, http, realClock, 1000));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return { io, url, waiting, ended: () => meter.countOf('connectionsUnread') };
}

describe('a connection whose peer', () => {
  afterEach(() => harness.end());

  it('does not read is closed, once so many packets wait, and nobody else is', async () => {
    const { io, url, waiting, ended } = await answering('x'.repeat(10_000), 50);
    const other = harness.open(url, '/asked', {});
    await connected(other);
    const peer = await DeafPeer.open(url, '/asked', {});
    harness.later(() => peer.leave());
    await peer.repeat('42/asked,1["ask"]', 20_000);
    expect(peer.gone).toBe(true);
    await until(() => io.engine.clientsCount === 1);
    expect(ended()).toBe(1);
    expect(waiting.most).toBe(50);
    expect(await other.timeout(10_000).emitWithAck('ask')).toHaveLength(10_000);
  });

  it('reads may ask as fast as it can', async () => {
    const { url, ended, waiting } = await answering('', ANSWERS_WAITING_MAX);
    const hasty = harness.open(url, '/asked', {});
    await connected(hasty);
    const answers = Array.from({ length: 20_000 }, () => hasty.timeout(60_000).emitWithAck('ask'));
    expect(await Promise.all(answers)).toEqual(answers.map(() => ''));
    expect(waiting.most).toBeGreaterThan(1);
    expect(ended()).toBe(0);
  });
});

describe('the server closes the connection of', () => {
  const running = new Harness();
  let server: RunningServer;
  let device: DeviceClient;
  beforeAll(async () => {
    server = await running.start();
    device = await running.device(server, 1);
  });
  afterAll(() => running.end());

  it.each([
    ['a device that floods', NAMESPACE.device, deviceToken(7), '42/device,1["frame","x"]'],
    [
      'a viewer who asks for nonsense',
      NAMESPACE.live,
      viewerToken('patient', ['p1']),
      '42/live,1["watch",1]',
    ],
    [
      'a viewer who takes back what it never asked for',
      NAMESPACE.live,
      viewerToken('patient', ['p1']),
      '42/live,1["unwatch",{"patient":"p1"}]',
    ],
    ['a device that wants to be a viewer as well', NAMESPACE.device, deviceToken(8), '40/live,{}'],
  ])('%s and does not read', async (_, namespace, token, text) => {
    const unread = 'gaitway_connections_unread_total';
    const before = await metric(server, unread);
    const peer = await DeafPeer.open(server.url, namespace, { token });
    running.later(() => peer.leave());
    await peer.repeat(text, MESSAGES_MAX);
    expect(peer.gone).toBe(true);
    await until(async () => (await metric(server, unread)) === before + 1);
    await until(async () => (await metric(server, 'gaitway_viewers_connected')) === 0);
    await until(async () => (await metric(server, 'gaitway_devices_connected')) === 1);
    expect(await device.report()).toHaveProperty('seq');
  });
});
