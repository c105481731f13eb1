import { once } from 'node:events';
import { crc16, FRAME_BYTES_MAX, type FrameAnswer, type RejectReason } from '@gaitway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../server.ts';
import { type DeviceClient, Harness, metric, until } from './running-server.fixture.ts';
import { MESSAGE_BYTES_MAX } from './socket-server.ts';

/** A good frame with one byte changed, and its checksum made good again. */
function changed(frame: Uint8Array, offset: number, value: number): Uint8Array {
  const bytes = frame.slice();
  bytes[offset] = value;
  new DataView(bytes.buffer).setUint16(bytes.length - 2, crc16(bytes, 0, bytes.length - 2), true);
  return bytes;
}

type Bad = {
  is: string;
  reject: RejectReason;
  /** What goes into the event after its name; the callback comes behind. */
  carries(device: DeviceClient): unknown[];
  retryAfterMs?: number;
};

const good = (device: DeviceClient) => device.frame({ seq: 1 });
const bad: Bad[] = [
  { is: 'is empty', reject: 'truncated', carries: () => [new Uint8Array(0)] },
  { is: 'ends in the header', reject: 'truncated', carries: (device) => [good(device).subarray(0, 20)] },
  {
    is: 'ends before its checksum',
    reject: 'truncated',
    carries: (device) => [good(device).subarray(0, -1)],
  },
  {
    is: 'was damaged on its way',
    reject: 'bad_crc',
    retryAfterMs: 100,
    carries: (device) => {
      const bytes = good(device).slice();
      bytes[40]! ^= 1;
      return [bytes];
    },
  },
  { is: 'has a version of the future', reject: 'bad_version', carries: (d) => [changed(good(d), 0, 9)] },
  { is: 'has an unknown kind', reject: 'bad_kind', carries: (d) => [changed(good(d), 1, 77)] },
  {
    is: 'claims a payload that does not fit its kind',
    reject: 'bad_length',
    carries: (d) => [changed(good(d), 26, 5)],
  },
  { is: 'is 1 MB long', reject: 'too_long', carries: () => [new Uint8Array(1024 * 1024).fill(1)] },
  {
    is: 'is one byte too long',
    reject: 'too_long',
    carries: () => [new Uint8Array(FRAME_BYTES_MAX + 1).fill(1)],
  },
  {
    is: 'has a number below the oldest one held',
    reject: 'bad_sequence',
    carries: (device) => [device.frame({ seq: 3, oldestHeldSeq: 5 })],
  },
  {
    is: 'starts in six minutes',
    reject: 'future',
    carries: (device) => [device.frame({ seq: 1, startMs: Date.now() + 360_000 })],
  },
  {
    is: 'starts in the year 10000',
    reject: 'future',
    carries: (d) => [d.frame({ seq: 1, startMs: 2 ** 48 - 1 })],
  },
  {
    is: 'names another device',
    reject: 'wrong_device',
    carries: (device) => [device.frame({ device: 2, seq: 1 })],
  },
  {
    is: 'has a clock that was never set',
    reject: 'clock_not_synced',
    retryAfterMs: 1000,
    carries: (device) => [device.frame({ seq: 1, flags: 1 })],
  },
  { is: 'is text', reject: 'bad_message', carries: () => ['not binary at all'] },
  { is: 'is an array of numbers', reject: 'bad_message', carries: () => [[1, 2, 3]] },
  { is: 'is null', reject: 'bad_message', carries: () => [null] },
  { is: 'is not there', reject: 'bad_message', carries: () => [] },
  { is: 'hides in an object', reject: 'bad_message', carries: (device) => [{ frame: good(device) }] },
  {
    is: 'comes with two arguments too many',
    reject: 'bad_message',
    carries: (d) => [good(d), 'more', 'and more'],
  },
  { is: 'comes twice in one message', reject: 'bad_message', carries: (d) => [good(d), good(d)] },
];

describe('a frame that', () => {
  const harness = new Harness();
  let server: RunningServer;
  let device: DeviceClient;
  let other: DeviceClient;
  beforeAll(async () => {
    server = await harness.start({ deviceRatePerSecond: 1000, deviceBurst: 1000 });
    device = await harness.device(server, 1);
    other = await harness.device(server, 3);
    await device.report();
  });
  afterAll(() => harness.end());

  const rejected = (reason: RejectReason) =>
    metric(server, `gaitway_frames_rejected_total{reason="${reason}"}`);

  it.each(bad)(
    '$is is answered $reject, is counted, and disturbs nobody',
    async ({ reject, carries, retryAfterMs }) => {
      const before = await rejected(reject);
      const [answer, served] = await Promise.all([device.say(...carries(device)), other.report()]);
      expect(answer).toEqual(retryAfterMs === undefined ? { reject } : { reject, retryAfterMs });
      expect(served).toHaveProperty('seq');
      expect(await rejected(reject)).toBe(before + 1);
      // The same connection goes on, and nothing of the bad frame was kept.
      expect(await device.say(device.frame({ seq: 0, startMs: 1 }))).toEqual({ boot: 1, seq: 0 });
    },
  );

  it('comes without an acknowledgement callback is counted, refused and not kept', async () => {
    const before = await rejected('bad_message');
    device.socket.emit('frame', good(device));
    device.socket.emit('frame');
    await until(async () => (await rejected('bad_message')) === before + 2);
    expect(await device.say(device.frame({ seq: 0, startMs: 1 }))).toEqual({ boot: 1, seq: 0 });
  });

  it('goes back in its sequence is acknowledged again, and one that uses a number twice is refused', async () => {
    const repeated = await metric(server, 'gaitway_frames_repeated_total');
    const one = await harness.device(server, 20);
    const first = one.frame({ seq: 0 });
    expect(await one.say(first)).toEqual({ boot: 1, seq: 0 });
    expect(await one.say(one.frame({ seq: 1, oldestHeldSeq: 1 }))).toEqual({ boot: 1, seq: 1 });
    expect(await one.say(first)).toEqual({ boot: 1, seq: 1 });
    expect(await metric(server, 'gaitway_frames_repeated_total')).toBe(repeated + 1);
    expect(await one.say(one.frame({ seq: 0, startMs: Date.now() + 60_000 }))).toEqual({
      reject: 'sequence_reused',
    });
  });

  it('is above the limit of the transport closes its own connection only', async () => {
    const flooder = await harness.device(server, 4);
    const gone = once(flooder.socket as never, 'disconnect');
    flooder.socket.emit('frame', new Uint8Array(MESSAGE_BYTES_MAX + 1));
    await gone;
    expect(await other.report()).toHaveProperty('seq');
    expect(device.socket.connected).toBe(true);
    const again = await harness.device(server, 4);
    expect(await again.report()).toEqual({ boot: 1, seq: 0 });
  });

  it('is no packet of Socket.IO closes its own connection only', async () => {
    const talker = await harness.device(server, 5);
    const gone = once(talker.socket as never, 'disconnect');
    (talker.socket.io.engine as unknown as { write(data: string): void }).write('59-["frame",');
    await gone;
    expect(await other.report()).toHaveProperty('seq');
  });

  it('has an event name that nobody knows is ignored', async () => {
    device.socket.emit('disconnecting-not', 1);
    device.socket.emit('watch', { patient: 'p1' });
    expect(await device.say(device.frame({ seq: 0, startMs: 1 }))).toEqual({ boot: 1, seq: 0 });
  });
});

describe('a device that floods', () => {
  const harness = new Harness();
  afterAll(() => harness.end());

  it('is told to wait, and no other is', async () => {
    const server = await harness.start({ deviceRatePerSecond: 10, deviceBurst: 20 });
    const flooder = await harness.device(server, 1);
    const quiet = await harness.device(server, 2);
    const flood: Promise<FrameAnswer>[] = [];
    for (let i = 0; i < 2000; i++)
      flood.push(flooder.say(i % 3 === 0 ? 'rubbish' : flooder.frame({ seq: i })));
    const served: FrameAnswer[] = [];
    for (let i = 0; i < 10; i++) served.push(await quiet.report());
    const answers = await Promise.all(flood);
    const limited = answers.filter((answer) => 'reject' in answer && answer.reject === 'rate_limited');
    const waits = limited.map((answer) => (answer as { retryAfterMs: number }).retryAfterMs);
    expect(Math.min(...waits)).toBeGreaterThan(0);
    expect(Math.max(...waits)).toBeLessThanOrEqual(100);
    expect(limited.length).toBeGreaterThan(1900);
    expect(await metric(server, 'gaitway_frames_rejected_total{reason="rate_limited"}')).toBe(limited.length);
    expect(served.every((answer) => 'seq' in answer)).toBe(true);
    await until(async () => 'seq' in (await flooder.say(flooder.frame({ seq: 5000 }))));
  });
});
