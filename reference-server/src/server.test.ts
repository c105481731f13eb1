import { once } from 'node:events';
import { connect as connectTcp, type Socket as NetSocket } from 'node:net';
import { type DeviceCommand, NAMESPACE } from '@gaitway/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { forkedServer } from './gateway/forked-server.fixture.ts';
import {
  type DeviceClient,
  deviceToken,
  Harness,
  metric,
  refusal,
  SHORT_WINDOWS,
  until,
  viewerToken,
} from './gateway/running-server.fixture.ts';
import { archived, identities, OPERATOR } from './gateway/stored-readings.fixture.ts';

/** So long that no test waits for its end. */
const DRAIN_MS = 600_000;

function leaveWhenTold({ socket }: DeviceClient): void {
  socket.on('command', (command: DeviceCommand) => {
    if (command.command === 'reconnect') setTimeout(() => socket.disconnect(), command.afterMs);
  });
}

/** A reader of the whole export that stops reading after the first bytes. */
async function stuckReader(url: string): Promise<NetSocket> {
  const { hostname, port } = new URL(url);
  const socket = connectTcp(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(
    `GET /v1/export/windows HTTP/1.1\r\nhost: x\r\nauthorization: ${OPERATOR.authorization}\r\n\r\n`,
  );
  await once(socket, 'data');
  socket.pause();
  return socket;
}

describe('a server that shuts down', () => {
  const harness = new Harness();
  afterEach(() => harness.end(), 60_000);

  it('tells each device when to go, spread over the time, serves them until then, and waits for the last', async () => {
    const server = await harness.start();
    const devices = await Promise.all(Array.from({ length: 40 }, (_, i) => harness.device(server, i)));
    let over = false;
    const stopped = server.stop({ drainMs: DRAIN_MS }).then(() => {
      over = true;
    });
    const timesOf = ({ commands }: DeviceClient) =>
      commands.flatMap((command) => (command.command === 'reconnect' ? [command.afterMs] : []));
    await until(() => devices.every((device) => timesOf(device).length > 0));
    const times = devices.map((device) => timesOf(device)[0]!);
    expect(Math.min(...times)).toBeLessThan(DRAIN_MS * 0.3);
    expect(Math.max(...times)).toBeGreaterThan(DRAIN_MS * 0.7);
    expect(Math.max(...times)).toBeLessThan(DRAIN_MS);
    // Who has not left yet is served meanwhile.
    const answers = await Promise.all(devices.map((device) => device.report()));
    for (const answer of answers) expect(answer).toEqual({ boot: 1, seq: 0 });
    const [last, ...others] = devices as [DeviceClient, ...DeviceClient[]];
    for (const { socket } of others) socket.disconnect();
    await until(async () => (await metric(server, 'gaitway_devices_connected')) === 1);
    expect(await last.report()).toEqual({ boot: 1, seq: 1 });
    expect(over).toBe(false);
    last.socket.disconnect();
    // Long before the time is over, which is longer than this test may take.
    await stopped;
    for (const device of devices) expect(timesOf(device)).toHaveLength(1);
  });

  it('lets nobody in any more, says that it is not ready, and disconnects viewers at its end', async () => {
    const server = await harness.start();
    const staying = await harness.device(server, 1);
    const watching = await harness.viewer(server, viewerToken('patient', ['p1']));
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    const stopped = server.stop({ drainMs: DRAIN_MS });
    const device = harness.open(server.url, NAMESPACE.device, { token: deviceToken(2) });
    const viewer = harness.open(server.url, NAMESPACE.live, { token: viewerToken('patient', ['p1']) });
    const refusals = await Promise.all([refusal(device), refusal(viewer)]);
    expect(refusals.map(({ code }) => code)).toEqual(['draining', 'draining']);
    const ready = await fetch(`${server.url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain('is shutting down');
    expect(await metric(server, 'gaitway_handshakes_refused_total{reason="draining"}')).toBe(2);
    expect(watching.socket.connected).toBe(true);
    const gone = once(watching.socket as never, 'disconnect');
    staying.socket.disconnect();
    await stopped;
    await gone;
  });

  it('cuts off a device that does not leave, when its time is over', async () => {
    const server = await harness.start();
    const staying = await harness.device(server, 1);
    const gone = once(staying.socket as never, 'disconnect');
    await server.stop({ drainMs: 100 });
    await gone;
  });

  it('is stopped twice at once as if once', async () => {
    const server = await harness.start();
    await Promise.all([server.stop({ drainMs: 0 }), server.stop({ drainMs: 0 })]);
  });

  it.each(['SIGTERM twice', 'closed channel'])(
    'as a process (%s) ends with code 0 and keeps all that it acknowledged',
    async (how) => {
      const dataFolder = harness.folder();
      const { child, url } = await forkedServer(harness, {
        ...SHORT_WINDOWS,
        dataFolder,
        drainSpreadMs: 200,
      });
      const devices = await Promise.all(Array.from({ length: 10 }, (_, i) => harness.device({ url }, i + 1)));
      for (const device of devices) leaveWhenTold(device);
      const acknowledged: string[] = [];
      let over = false;
      const reports = devices.map(async (device, i) => {
        for (let seq = 0; !over; seq++) {
          const answer = await device.report().catch(() => undefined);
          if (answer && 'seq' in answer) acknowledged.push(`${i + 1}:1:${seq}`);
          else return;
        }
      });
      await until(() => acknowledged.length > 100);
      const ended = once(child, 'exit');
      if (how === 'closed channel') child.disconnect();
      else child.kill('SIGTERM');
      if (how === 'SIGTERM twice') child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      over = true;
      for (const { socket } of devices) socket.disconnect();
      await Promise.all(reports);

      const again = await harness.start({ ...SHORT_WINDOWS, dataFolder });
      const stored = identities(await archived(again.url));
      expect(new Set(stored).size).toBe(stored.length);
      const have = new Set(stored);
      expect(acknowledged.filter((identity) => !have.has(identity))).toEqual([]);
    },
    60_000,
  );

  it('does not wait for a reader that is stuck, nor for clients that do not answer', async () => {
    const { child, url } = await forkedServer(harness, {
      ...SHORT_WINDOWS,
      dataFolder: harness.folder(),
      deviceRatePerSecond: 1e6,
      deviceBurst: 1e6,
    });
    const device = await harness.device({ url }, 1);
    const viewer = await harness.viewer({ url }, viewerToken('patient', ['p1']));
    await viewer.watch({ patient: 'p1' });
    // An export of many megabytes: more than the buffers on the way take.
    const startMs = Math.floor(Date.now() / 1000) * 1000 - 8_000_000;
    for (let from = 0; from < 8000; from += 1000) {
      await Promise.all(
        Array.from({ length: 1000 }, (_, i) =>
          device.report({ startMs: startMs + (from + i) * 1000, slotMs: 1000 }),
        ),
      );
    }
    await until(async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(/archive_writes_total\{kind="window"\} (\d+)/.exec(text)?.[1]) > 7000;
    });
    const reader = await stuckReader(url);
    const network = [viewer, device].map(
      ({ socket }) =>
        (socket.io.engine as unknown as { transport: { ws: { _socket: NetSocket } } }).transport.ws._socket,
    );
    for (const socket of network) socket.pause();
    const silent = connectTcp(Number(new URL(url).port), '127.0.0.1');
    silent.on('error', () => {});
    await once(silent, 'connect');
    const ended = once(child, 'exit');
    const beganMs = performance.now();
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    // A hang limit below 45 s, after which Engine.IO itself would give up those that do not answer.
    expect(performance.now() - beganMs).toBeLessThan(35_000);
    for (const socket of [...network, reader, silent]) socket.destroy();
  });
});

describe('a server with a part of the roles', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  it('without api answers health, readiness and metrics, and nothing else', async () => {
    const server = await harness.start({ roles: ['gateway', 'processor'] });
    for (const path of ['/health', '/ready', '/metrics']) {
      expect((await fetch(server.url + path)).status).toBe(200);
    }
    for (const path of ['/v1/patients', '/v1/settings', '/v1/export/windows', '/v1/openapi.json']) {
      expect((await fetch(server.url + path, { headers: OPERATOR })).status).toBe(404);
    }
    expect(await (await harness.device(server, 1)).report()).toEqual({ boot: 1, seq: 0 });
  });

  it('without gateway has no Socket.IO, and stops', async () => {
    const server = await harness.start({ roles: ['processor', 'api'] });
    const answer = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`);
    expect(answer.status).toBe(404);
    expect((await fetch(`${server.url}/v1/patients`, { headers: OPERATOR })).status).toBe(200);
    await server.stop();
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
  });
});
