import {
  decodeFrame,
  EventType,
  FrameFlag,
  FrameKind,
  readBoot,
  readEvent,
  SEQ_MAX,
} from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { slotAt, twinOf } from './twin.fixture.ts';

const NEVER = Number.POSITIVE_INFINITY;
type Setup = ReturnType<typeof twinOf>;

/** One row of the table in `twin.ts`: how it begins, what comes in at 10,000 ms, and what is true afterwards. */
interface Row {
  says: string;
  given: (setup: Setup) => void;
  input: (setup: Setup) => void;
  wakeAtMs: number;
  held: number[];
  fates: string[];
}

const up = ({ twin }: Setup): void => twin.linkUp(9000);
const two = ({ twin }: Setup): void => {
  slotAt(twin, 9000);
  slotAt(twin, 9000);
};
const fly = ({ twin }: Setup): unknown => twin.transmit(9000);
const flying = (setup: Setup): void => {
  up(setup);
  two(setup);
  fly(setup);
};

const TABLE: Row[] = [
  {
    says: 'a slot that ends while the link is down is held',
    given: () => {},
    input: ({ twin }) => slotAt(twin, 10_000),
    wakeAtMs: NEVER,
    held: [0],
    fates: [],
  },
  {
    says: 'a slot that ends while the link is up may go at once',
    given: up,
    input: ({ twin }) => slotAt(twin, 10_000),
    wakeAtMs: 9000,
    held: [0],
    fates: [],
  },
  {
    says: 'an idle twin sleeps until an input',
    given: up,
    input: () => {},
    wakeAtMs: NEVER,
    held: [],
    fates: [],
  },
  {
    says: 'a transmission waits for its time-out and the first retry delay',
    given: flying,
    input: () => {},
    wakeAtMs: 12_000,
    held: [0, 1],
    fates: [],
  },
  {
    says: 'an acknowledgement releases, and the next frame may go',
    given: flying,
    input: ({ twin }) => twin.answered({ boot: 1, seq: 0 }, 10_000),
    wakeAtMs: 10_000,
    held: [1],
    fates: ['released 1:0'],
  },
  {
    says: 'an acknowledgement of more releases more',
    given: flying,
    input: ({ twin }) => twin.answered({ boot: 1, seq: 1 }, 10_000),
    wakeAtMs: NEVER,
    held: [],
    fates: ['released 1:0', 'released 1:1'],
  },
  {
    says: 'an acknowledgement of an earlier number changes nothing',
    given: flying,
    input: ({ twin }) => twin.answered({ boot: 1, seq: -1 }, 10_000),
    wakeAtMs: 12_000,
    held: [0, 1],
    fates: [],
  },
  {
    says: 'an acknowledgement of another boot changes nothing',
    given: flying,
    input: ({ twin }) => twin.answered({ boot: 0, seq: 9 }, 10_000),
    wakeAtMs: 12_000,
    held: [0, 1],
    fates: [],
  },
  {
    says: 'an acknowledgement that nothing waits for changes nothing',
    given: up,
    input: ({ twin }) => twin.answered({ boot: 1, seq: 0 }, 10_000),
    wakeAtMs: NEVER,
    held: [],
    fates: [],
  },
  {
    says: 'a reject to drop lets the frame go for good',
    given: flying,
    input: ({ twin }) => twin.answered({ reject: 'future' }, 10_000),
    wakeAtMs: 10_000,
    held: [1],
    fates: ['refused 1:0'],
  },
  {
    says: 'a reject until later keeps the frame for as long as it says',
    given: flying,
    input: ({ twin }) => twin.answered({ reject: 'busy', retryAfterMs: 300 }, 10_000),
    wakeAtMs: 10_300,
    held: [0, 1],
    fates: [],
  },
  {
    says: 'a reject until later that names no time takes the retry delay',
    given: flying,
    input: ({ twin }) => twin.answered({ reject: 'busy' }, 10_000),
    wakeAtMs: 11_000,
    held: [0, 1],
    fates: [],
  },
  {
    says: 'a reject of an earlier flight is ignored',
    given: flying,
    input: ({ twin }) => twin.answered({ reject: 'future' }, 10_000, twin.flight - 1),
    wakeAtMs: 12_000,
    held: [0, 1],
    fates: [],
  },
  {
    says: 'a reject while nothing is in flight is ignored',
    given: (s) => {
      up(s);
      two(s);
    },
    input: ({ twin }) => twin.answered({ reject: 'future' }, 10_000),
    wakeAtMs: 9000,
    held: [0, 1],
    fates: [],
  },
  {
    says: 'a lost link makes the frame in flight unsent',
    given: flying,
    input: ({ twin }) => twin.linkDown(10_000),
    wakeAtMs: NEVER,
    held: [0, 1],
    fates: [],
  },
  {
    says: 'a link that comes back lets the oldest go at once',
    given: (s) => {
      flying(s);
      s.twin.linkDown(9500);
    },
    input: ({ twin }) => twin.linkUp(10_000),
    wakeAtMs: 10_000,
    held: [0, 1],
    fates: [],
  },
  {
    says: 'a reboot that loses the ring drops every frame',
    given: flying,
    input: ({ twin }) => twin.reboot(10_000, false),
    wakeAtMs: NEVER,
    held: [],
    fates: ['dropped 1:0', 'dropped 1:1'],
  },
  {
    says: 'a reboot that loses the ring also forgets that the link was up',
    given: up,
    input: ({ twin }) => {
      twin.reboot(10_000, false);
      slotAt(twin, 10_000);
    },
    wakeAtMs: NEVER,
    held: [0],
    fates: [],
  },
  {
    says: 'a reboot that keeps the ring may send it at once',
    given: flying,
    input: ({ twin }) => twin.reboot(10_000, true),
    wakeAtMs: 10_000,
    held: [0, 1],
    fates: [],
  },
];

describe('the state table of the twin', () => {
  it.each(TABLE)('$says', ({ given, input, wakeAtMs, held, fates: expected }) => {
    const setup = twinOf();
    given(setup);
    input(setup);
    const { twin, fates } = setup;
    expect({
      wakeAtMs: twin.wakeAtMs,
      held: twin.held().map(({ seq }) => seq),
      fates: fates.names(),
    }).toEqual({
      wakeAtMs,
      held,
      fates: expected,
    });
    // Before it wakes it has nothing to send; from then on it has.
    if (wakeAtMs === NEVER) expect(twin.transmit(1e12)).toBeUndefined();
    else {
      expect(twin.transmit(wakeAtMs - 1)).toBeUndefined();
      expect(twin.transmit(wakeAtMs)?.seq).toBe(held[0]);
    }
  });
});

describe('the twin', () => {
  it('waits 1, 2, 4, 8, 16, 16 s after a time-out of 2 s, and begins anew after a release', () => {
    const { twin } = twinOf();
    twin.linkUp(0);
    slotAt(twin, 0);
    slotAt(twin, 0);
    const waitsMs: number[] = [];
    let nowMs = 0;
    for (let i = 0; i < 7; i++) {
      twin.transmit(nowMs);
      waitsMs.push(twin.wakeAtMs - nowMs);
      nowMs = twin.wakeAtMs;
    }
    expect(waitsMs).toEqual([3000, 4000, 6000, 10_000, 18_000, 18_000, 18_000]);
    twin.answered({ boot: 1, seq: 0 }, nowMs);
    twin.transmit(nowMs);
    expect(twin.wakeAtMs - nowMs).toBe(3000);
  });

  it('keeps the moment of the first transmission', () => {
    const { twin } = twinOf();
    const frame = slotAt(twin, 1000);
    expect(frame.firstSentMs).toBe(-1);
    twin.linkUp(2000);
    twin.transmit(2000);
    twin.transmit(5000);
    expect(frame).toMatchObject({ dueMs: 1000, firstSentMs: 2000 });
  });

  it('marks what was made while the link was down', () => {
    const { twin } = twinOf();
    slotAt(twin, 1000);
    twin.linkUp(2000);
    slotAt(twin, 6000);
    const flags = twin.held().map(({ bytes }) => bytes[2]! & FrameFlag.backfill);
    expect(flags).toEqual([FrameFlag.backfill, 0]);
  });

  it('drops the oldest of a full ring, also while it is in flight, and then has nothing else in flight', () => {
    const { twin, fates } = twinOf({ ringFrames: 2 });
    twin.linkUp(0);
    slotAt(twin, 0);
    expect(twin.transmit(0)?.seq).toBe(0);
    slotAt(twin, 100);
    slotAt(twin, 200);
    expect(fates.names()).toEqual(['dropped 1:0']);
    expect(twin.transmit(300)).toBeUndefined();
    // Its acknowledgement frees the wire although the frame is gone.
    twin.answered({ boot: 1, seq: 0 }, 400);
    expect(twin.transmit(400)?.seq).toBe(1);
    expect(fates.names()).toEqual(['dropped 1:0']);
  });

  it('does not blame the next frame for a reject of one that was dropped while in flight', () => {
    const { twin, fates } = twinOf({ ringFrames: 1 });
    twin.linkUp(0);
    slotAt(twin, 0);
    twin.transmit(0);
    slotAt(twin, 100);
    twin.answered({ reject: 'future' }, 200);
    expect(fates.names()).toEqual(['dropped 1:0']);
    expect(twin.transmit(200)?.seq).toBe(1);
  });

  it('tells in its trailer the oldest number that it still holds of that boot', () => {
    const { twin } = twinOf({ ringFrames: 2 });
    for (let i = 0; i < 5; i++) slotAt(twin, i);
    twin.linkUp(10);
    expect(decodeFrame(twin.transmit(10)!.bytes)).toMatchObject({ seq: 3, oldestHeldSeq: 3 });
  });

  it('holds frames of an unset clock until it is told the time, and then sends their true start', () => {
    const { twin } = twinOf({ clockSurvives: false });
    twin.linkUp(0);
    const frame = slotAt(twin, 6000);
    expect(twin.wakeAtMs).toBe(NEVER);
    expect(frame.bytes[2]! & FrameFlag.clockNotSynced).toBe(FrameFlag.clockNotSynced);
    twin.syncClock(1_700_000_000_000);
    expect(decodeFrame(twin.transmit(6000)!.bytes)).toMatchObject({ startMs: 1_700_000_001_000, flags: 0 });
    twin.reboot(7000, true);
    slotAt(twin, 12_000);
    expect(twin.held().map(({ bytes }) => bytes[2])).toEqual([0, FrameFlag.clockNotSynced]);
  });

  it('numbers slots, events and boot reports in one sequence', () => {
    const { twin } = twinOf({ ringFrames: 3 });
    for (let i = 0; i < 5; i++) slotAt(twin, 1000);
    const event = {
      type: EventType.fall,
      peak: 9000,
      min: 100,
      gyroPeak: 8000,
      tiltCosine: -200,
      offsetMs: 77,
    };
    const fall = twin.event(2000, event, FrameFlag.saturated, 3700, 2000);
    const report = twin.bootReport(3000, { resetCause: 8, imageHash: 0xdeadbeef }, 3700, 3000);
    expect([fall.seq, report.seq, twin.nextSeq]).toEqual([5, 6, 7]);
    twin.linkUp(4000);
    twin.answered({ boot: 1, seq: 4 }, 4000);
    const sent = decodeFrame(twin.transmit(4000)!.bytes);
    expect(sent).toMatchObject({
      kind: FrameKind.event,
      startMs: 2000,
      slotMs: 0,
      flags: FrameFlag.saturated | FrameFlag.backfill,
    });
    expect(readEvent(fall.bytes, 28)).toEqual(event);
    // Two were dropped for slots, one for the event: the report itself drops a fourth one afterwards.
    expect(readBoot(report.bytes, 28)).toEqual({
      resetCause: 8,
      ringFrames: 3,
      imageHash: 0xdeadbeef,
      droppedFrames: 3,
    });
    expect(twin.droppedFrames).toBe(1);
  });

  it('goes on at 0 of the next boot after the last number, and uses none twice', () => {
    const { twin, fates } = twinOf();
    twin.nextSeq = SEQ_MAX - 1;
    for (let i = 0; i < 4; i++) slotAt(twin, 1000 + i);
    expect(twin.held().map(({ boot, seq }) => `${boot}:${seq}`)).toEqual([
      `1:${SEQ_MAX - 1}`,
      `1:${SEQ_MAX}`,
      '2:0',
      '2:1',
    ]);
    twin.linkUp(2000);
    twin.answered({ boot: 1, seq: SEQ_MAX }, 2000);
    expect(fates.told).toHaveLength(2);
    expect(decodeFrame(twin.transmit(2000)!.bytes)).toMatchObject({ boot: 2, seq: 0, oldestHeldSeq: 0 });
  });

  it('counts boots in 16 bits', () => {
    const { twin } = twinOf();
    twin.boot = 0xffff;
    twin.reboot(0, true);
    expect([twin.boot, twin.nextSeq]).toEqual([0, 0]);
  });
});
