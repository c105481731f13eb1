import type { Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { VirtualClock } from '../../clock/virtual-clock.ts';
import { type RawServer, serverFrame, startRawServer, upgradeAnswer } from '../testing/raw-server.ts';
import { RecordingListener } from '../testing/recording-listener.ts';
import type { DeviceLink } from '../transport.ts';
import { LeanTransport } from './lean-transport.ts';

/** Half a minute and ten seconds: a link without a ping lives for 40 s. */
const OPEN = '0{"sid":"s","upgrades":[],"pingInterval":30000,"pingTimeout":10000,"maxPayload":1000000}';
const IDENTIFY = '42/device,["command",{"command":"identify"}]';

let server: RawServer | undefined;
let link: DeviceLink | undefined;
afterEach(() => {
  link?.cut();
  server?.stop();
});

it('lives as long after each ping as the open packet said, to the sweep, and no longer', async () => {
  const clock = new VirtualClock({ startEpochMs: 0 });
  const listener = new RecordingListener();
  let peer: Socket | undefined;
  server = await startRawServer((socket, request) => {
    peer = socket;
    socket.write(upgradeAnswer(request));
    for (const text of [OPEN, '40/device,{"sid":"t"}']) socket.write(serverFrame(text));
  });
  link = new LeanTransport(clock, { sweepMs: 1000 }).open({ url: server.url }, 'good', listener);
  await listener.until('connected');
  for (let ping = 1; ping <= 5; ping += 1) {
    await clock.runUntil(ping * 39_000);
    expect(listener.all('disconnected')).toEqual([]);
    // The command comes behind the ping: once it is here, the ping was read.
    peer!.write(Buffer.concat([serverFrame('2'), serverFrame(IDENTIFY)]));
    await listener.until('command', ping);
  }
  await clock.runUntil(5 * 39_000 + 39_000);
  expect(listener.all('disconnected')).toEqual([]);
  await clock.runUntil(5 * 39_000 + 41_000);
  const [end] = await listener.until('disconnected');
  expect(end!.reason).toBe('ping_timeout');
});
