import { type DeviceClaims, type FrameAnswer, FrameFlag } from '@gaitway/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../observe/manual-clock.fixture.ts';
import { createNullMeter, type NullMeter } from '../observe/null-meter.ts';
import { createStageTimer } from '../observe/stage-timer.ts';
import { SERVER_SETTINGS_DEFAULT } from '../settings.ts';
import { frameOf } from './frames.fixture.ts';
import { Ingest } from './ingest.ts';
import type { IngestSession } from './ingest-session.ts';
import { MemoryReadingLog } from './memory-reading-log.ts';
import type { AppendBatch, ReadingLog } from './reading-log.ts';

const CLAIMS: DeviceClaims = { role: 'device', device: 7, patient: 'p000006', ward: 'w0000' };

/** A memory log whose appends end only when a test says so. */
class HeldLog extends MemoryReadingLog {
  waiting: { batch: AppendBatch; end: (error?: Error) => void }[] = [];
  hold = false;

  override async append(batch: AppendBatch): Promise<void> {
    if (this.hold) {
      await new Promise<void>((resolve, reject) => {
        this.waiting.push({ batch, end: (error) => (error ? reject(error) : resolve()) });
      });
    }
    await super.append(batch);
  }
}

describe('ingest', () => {
  let clock: ManualClock;
  let meter: NullMeter;
  let log: HeldLog;
  let ingest: Ingest;
  let warnings: string[];

  beforeEach(() => {
    clock = createManualClock();
    warnings = [];
    meter = createNullMeter();
    log = new HeldLog({ partitions: 4, entriesMax: 1000 });
    ingest = makeIngest(log);
  });

  function makeIngest(on: ReadingLog, over: Partial<typeof SERVER_SETTINGS_DEFAULT> = {}): Ingest {
    return new Ingest({
      log: on,
      clock,
      meter,
      stages: createStageTimer(() => clock.monotonicMs()),
      settings: { ...SERVER_SETTINGS_DEFAULT, ...over },
      warn: (says) => warnings.push(says),
    });
  }

  /** Lets timers run and promises settle until nothing more happens. */
  async function settle(): Promise<void> {
    for (let i = 0; i < 20; i++) {
      clock.passMs(10);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  }

  async function send(session: IngestSession, ...frames: Uint8Array[]): Promise<FrameAnswer[]> {
    const answers: FrameAnswer[] = [];
    for (const [i, bytes] of frames.entries()) {
      session.receive(bytes, (answer) => {
        answers[i] = answer;
      });
    }
    await settle();
    return answers;
  }

  async function stored(): Promise<number> {
    const found = await log.read(
      [0, 1, 2, 3].map((partition) => ({ partition, after: null })),
      1000,
    );
    return [...found.values()].flat().reduce((sum, { records }) => sum + records.length, 0);
  }

  const STARTED_AT_MS = Date.parse('2026-03-01T11:50:00Z');
  const at = (seq: number, over = {}) => frameOf({ seq, startMs: STARTED_AT_MS + seq * 5000, ...over });

  it('acknowledges a reading only after its append has ended', async () => {
    log.hold = true;
    const session = ingest.openSession(CLAIMS);
    let answer: FrameAnswer | undefined;
    session.receive(at(0), (given) => {
      answer = given;
    });
    await settle();
    expect(log.waiting).toHaveLength(1);
    expect(answer).toBeUndefined();
    log.waiting[0]!.end();
    await settle();
    expect(answer).toEqual({ boot: 1, seq: 0 });
  });

  it('puts readings that arrive together into one append', async () => {
    const sessions = Array.from({ length: 50 }, (_, i) =>
      ingest.openSession({ ...CLAIMS, device: i + 1, patient: `p${i}` }),
    );
    const answers: FrameAnswer[] = [];
    for (const [i, session] of sessions.entries()) {
      session.receive(at(0, { device: i + 1 }), (answer) => answers.push(answer));
    }
    await settle();
    expect(answers).toHaveLength(50);
    expect(meter.histogramOf('appendDuration').count).toBe(1);
  });

  it('acknowledges a repeated frame again and stores it once', async () => {
    const session = ingest.openSession(CLAIMS);
    expect(await send(session, at(0))).toEqual([{ boot: 1, seq: 0 }]);
    expect(await send(session, at(0))).toEqual([{ boot: 1, seq: 0 }]);
    expect(await stored()).toBe(1);
    expect(meter.countOf('framesRepeated')).toBe(1);
  });

  it('tells devices busy when the append fails, and keeps taking readings afterwards', async () => {
    log.hold = true;
    const session = ingest.openSession(CLAIMS);
    const answers: FrameAnswer[] = [];
    session.receive(at(0), (answer) => answers.push(answer));
    await settle();
    log.waiting[0]!.end(new Error('the disk is full'));
    await settle();
    expect(answers).toEqual([{ reject: 'busy', retryAfterMs: expect.any(Number) }]);
    expect(meter.countOf('appendFailures')).toBe(1);
    log.hold = false;
    expect(await send(session, at(0))).toEqual([{ boot: 1, seq: 0 }]);
  });

  it('answers busy before its memory grows while the log is slow', async () => {
    ingest = makeIngest(log, { appendQueueBytesMax: 20_000, deviceBurst: 10_000 });
    log.hold = true;
    const session = ingest.openSession(CLAIMS);
    const answers: FrameAnswer[] = [];
    for (let seq = 0; seq < 500; seq++)
      session.receive(frameOf({ seq, startMs: STARTED_AT_MS + seq, oldestHeldSeq: 0 }), (answer) =>
        answers.push(answer),
      );
    await settle();
    for (let seq = 500; seq < 1000; seq++)
      session.receive(frameOf({ seq, startMs: STARTED_AT_MS + seq, oldestHeldSeq: 0 }), (answer) =>
        answers.push(answer),
      );
    const busy = answers.filter((answer) => 'reject' in answer && answer.reject === 'busy');
    // The first frames wait for the watermark (32 at the most), then the queue takes what 20 kB hold.
    expect(busy.length).toBeGreaterThan(900);
    expect(meter.countOf('framesRejected', { reason: 'busy' })).toBe(busy.length);
  });

  it('answers busy before its memory grows while the log cannot tell watermarks, and forgets who has gone', async () => {
    let away = true;
    let asked = 0;
    const watermarksOf = log.watermarksOf.bind(log);
    log.watermarksOf = (devices) => {
      asked += 1;
      return away ? Promise.reject(new Error('away')) : watermarksOf(devices);
    };
    ingest = makeIngest(log, { appendQueueBytesMax: 1000, deviceBurst: 10_000 });
    const frameBytes = at(0).byteLength;
    const room = Math.floor(1000 / frameBytes);
    for (let round = 0; round < 50; round++) {
      const gone = ingest.openSession(CLAIMS);
      const answers = await send(gone, ...Array.from({ length: 20 }, (_, seq) => at(seq)));
      expect(answers.filter(Boolean)).toHaveLength(20 - room);
      expect(ingest.waitingBytes).toBe(room * frameBytes);
      gone.close();
      expect(ingest.waitingBytes).toBe(0);
    }
    const session = ingest.openSession(CLAIMS);
    const answers: FrameAnswer[] = [];
    session.receive(at(0), (answer) => answers.push(answer));
    clock.passMs(1000);
    await settle();
    expect(answers).toEqual([]);
    away = false;
    clock.passMs(1000);
    await settle();
    expect(answers).toEqual([{ boot: 1, seq: 0 }]);
    expect(await stored()).toBe(1);
    const askedBefore = asked;
    clock.passMs(10_000);
    await settle();
    expect(asked).toBe(askedBefore);
  });

  it('answers busy once an append has stalled, although the queue is short', async () => {
    log.hold = true;
    const session = ingest.openSession(CLAIMS);
    session.receive(at(0), () => {});
    await settle();
    clock.passMs(3000);
    const answers = await send(session, at(1, { oldestHeldSeq: 0 }));
    expect(answers).toEqual([{ reject: 'busy', retryAfterMs: expect.any(Number) }]);
  });

  describe('the acknowledgement protocol', () => {
    it('after an outage that overflowed the ring: what the device dropped is not waited for', async () => {
      const session = ingest.openSession(CLAIMS);
      await send(session, at(0));
      // 120 readings were due in ten minutes; the ring holds the last twelve.
      const answers: FrameAnswer[] = [];
      for (let seq = 109; seq <= 120; seq++) {
        answers.push(...(await send(session, at(seq))));
      }
      expect(warnings).toEqual([]);
      expect(answers).toEqual(Array.from({ length: 12 }, (_, i) => ({ boot: 1, seq: 109 + i })));
      expect(meter.countOf('framesDeclaredDropped')).toBe(108);
      expect(await stored()).toBe(13);
    });

    it('after a reboot with frames of the old boot in flight: both boots are answered for what they are', async () => {
      const session = ingest.openSession(CLAIMS);
      await send(session, at(0), at(1, { oldestHeldSeq: 0 }));
      const answers = await send(
        session,
        at(0, { boot: 2 }),
        at(2, { oldestHeldSeq: 2 }),
        at(1, { boot: 2, oldestHeldSeq: 0 }),
      );
      expect(answers).toEqual([
        { boot: 2, seq: 1 },
        { boot: 1, seq: 2 },
        { boot: 2, seq: 1 },
      ]);
      expect(await stored()).toBe(5);
    });

    it('on another instance between send and acknowledgement: it goes on from the watermark of the log', async () => {
      const first = ingest.openSession(CLAIMS);
      await send(first, at(0), at(1, { oldestHeldSeq: 0 }));
      const other = makeIngest(log).openSession(CLAIMS);
      const answers = await send(other, at(1, { oldestHeldSeq: 1 }), at(2, { oldestHeldSeq: 2 }));
      expect(answers).toEqual([
        { boot: 1, seq: 1 },
        { boot: 1, seq: 2 },
      ]);
      expect(await stored()).toBe(3);
    });

    it('of a run whose boot looks older than that of the run before: goes on from its own watermark, and drops nothing', async () => {
      const earlier = ingest.openSession(CLAIMS);
      await send(earlier, at(0, { boot: 50_000 }), at(1, { boot: 50_000, oldestHeldSeq: 0 }));
      // Ten hours on, in seconds modulo 65536: behind by more than half of the circle.
      const frame = (seq: number) => at(seq, { boot: 20_464, startMs: STARTED_AT_MS + 60_000 + seq * 5000 });
      const session = ingest.openSession(CLAIMS);
      for (let seq = 0; seq < 5; seq++) await send(session, frame(seq));
      const again = ingest.openSession(CLAIMS);
      expect(await send(again, frame(4), frame(5))).toEqual([
        { boot: 20_464, seq: 4 },
        { boot: 20_464, seq: 5 },
      ]);
      expect(meter.countOf('framesDeclaredDropped')).toBe(0);
      expect(meter.countOf('framesRepeated')).toBe(1);
      expect(await stored()).toBe(8);
    });

    it('never acknowledges a number that is neither durable nor given up', async () => {
      const session = ingest.openSession(CLAIMS);
      await send(session, at(0));
      const [gap] = await send(session, at(2, { oldestHeldSeq: 1 }));
      expect(gap).toEqual({ boot: 1, seq: 0 });
      const [filled] = await send(session, at(1, { oldestHeldSeq: 1 }));
      expect(filled).toEqual({ boot: 1, seq: 2 });
    });

    it('at the end of the numbers the next boot begins at 0', async () => {
      const session = ingest.openSession(CLAIMS);
      const last = 0xffffffff;
      const [end] = await send(
        session,
        at(0, { seq: last, oldestHeldSeq: last, startMs: clock.epochMs() - 5000 }),
      );
      expect(end).toEqual({ boot: 1, seq: last });
      const [next] = await send(session, at(0, { boot: 2, startMs: clock.epochMs() - 1000 }));
      expect(next).toEqual({ boot: 2, seq: 0 });
      expect(await stored()).toBe(2);
    });
  });

  describe('refuses, counts and goes on after', () => {
    const cases: [name: string, bytes: (nowMs: number) => Uint8Array, reason: string][] = [
      ['a truncated frame', (now) => frameOf({ startMs: now }).subarray(0, 40), 'truncated'],
      ['a frame of 1 MB', () => new Uint8Array(1024 * 1024), 'too_long'],
      ['an unknown version', (now) => changed(frameOf({ startMs: now }), 0, 9), 'bad_version'],
      ['an unknown kind', (now) => changed(frameOf({ startMs: now }), 1, 77), 'bad_kind'],
      ['a damaged frame', (now) => changed(frameOf({ startMs: now }), 40, 0xaa), 'bad_crc'],
      ['another patient’s device', (now) => frameOf({ startMs: now, device: 8 }), 'wrong_device'],
      ['a time far in the future', (now) => frameOf({ startMs: now + 600_000 }), 'future'],
      [
        'a sequence below what the device says it holds',
        (now) => frameOf({ startMs: now, seq: 3, oldestHeldSeq: 9 }),
        'bad_sequence',
      ],
      [
        'a device whose clock was never set',
        (now) => frameOf({ startMs: now, flags: FrameFlag.clockNotSynced }),
        'clock_not_synced',
      ],
    ];

    it.each(cases)('%s', async (_, bytes, reason) => {
      const session = ingest.openSession(CLAIMS);
      const [refused] = await send(session, bytes(clock.epochMs()));
      expect(refused).toMatchObject({ reject: reason });
      expect(meter.countOf('framesRejected', { reason })).toBe(1);
      expect(await send(session, at(0))).toEqual([{ boot: 1, seq: 0 }]);
      expect(await stored()).toBe(1);
    });

    it('a number that was acknowledged and comes again for a later time', async () => {
      const session = ingest.openSession(CLAIMS);
      await send(session, at(0), at(1, { oldestHeldSeq: 0 }));
      const [reused] = await send(session, frameOf({ seq: 0, startMs: clock.epochMs() }));
      expect(reused).toEqual({ reject: 'sequence_reused' });
    });

    it('a device that sends more than its allowance, and nobody else', async () => {
      ingest = makeIngest(log, { deviceBurst: 3, deviceRatePerSecond: 1 });
      const [eager, other] = [
        ingest.openSession(CLAIMS),
        ingest.openSession({ ...CLAIMS, device: 8, patient: 'p8' }),
      ];
      const answers: FrameAnswer[] = [];
      for (let seq = 0; seq < 5; seq++)
        eager.receive(at(seq, { oldestHeldSeq: 0 }), (answer) => answers.push(answer));
      other.receive(at(0, { device: 8 }), (answer) => answers.push(answer));
      await settle();
      expect(answers.filter((answer) => 'reject' in answer && answer.reject === 'rate_limited')).toHaveLength(
        2,
      );
      expect(await stored()).toBe(4);
    });

    it('all devices together when they send more than the instance allows, until time has passed', async () => {
      ingest = makeIngest(log, { instanceBurst: 3, instanceRatePerSecond: 10 });
      const answers: FrameAnswer[] = [];
      const sessions = [7, 8, 9, 10, 11].map((device) =>
        ingest.openSession({ ...CLAIMS, device, patient: `p${device}` }),
      );
      for (const [i, session] of sessions.entries())
        session.receive(at(0, { device: 7 + i }), (answer) => answers.push(answer));
      const refused = answers.filter((answer) => 'reject' in answer);
      expect(refused).toEqual(Array(2).fill({ reject: 'rate_limited', retryAfterMs: 100 }));
      expect(meter.countOf('framesRejected', { reason: 'rate_limited' })).toBe(2);
      clock.passMs(100);
      sessions[4]!.receive(at(0, { device: 11 }), (answer) => answers.push(answer));
      await settle();
      expect(answers.at(-1)).toEqual({ boot: 1, seq: 0 });
      expect(await stored()).toBe(4);
    });
  });
});

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  bytes[at] = value;
  return bytes;
}
