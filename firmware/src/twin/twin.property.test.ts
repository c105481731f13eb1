import { type FrameAnswer, TRAILER_BYTES } from '@gaitway/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeldFrame } from './held-frame.ts';
import { HonestServer } from './honest-server.fixture.ts';
import { SETTINGS, slotAt, twinOf } from './twin.fixture.ts';

type Step =
  | { do: 'slot' | 'up' | 'down' | 'transmit' | 'deliver' | 'late' | 'duplicate' | 'lose' | 'sync' }
  | { do: 'wait'; ms: number }
  | {
      do: 'reject';
      reason: 'busy' | 'future' | 'bad_crc' | 'clock_not_synced' | 'wrong_device';
      afterMs?: number;
    }
  | { do: 'reboot'; keepRing: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom<Step>(
      { do: 'slot' },
      { do: 'transmit' },
      { do: 'transmit' },
      { do: 'deliver' },
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Step>(
      { do: 'up' },
      { do: 'late' },
      { do: 'duplicate' },
      { do: 'lose' },
      { do: 'sync' },
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'down' }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 20_000 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        do: fc.constant('reject' as const),
        reason: fc.constantFrom(
          'busy' as const,
          'future' as const,
          'bad_crc' as const,
          'clock_not_synced' as const,
        ),
        afterMs: fc.integer({ min: 0, max: 5000 }),
      },
      { requiredKeys: ['do', 'reason'] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reboot' as const), keepRing: fc.boolean() }) },
);

const fixedPart = (frame: HeldFrame): string =>
  Buffer.from(frame.bytes.subarray(0, frame.bytes.length - TRAILER_BYTES)).toString('hex');

/** Plays steps against a twin and a server between which answers may be lost, late or repeated. */
function play(steps: readonly Step[], clockSurvives: boolean) {
  const { twin, fates } = twinOf({ ringFrames: 4, clockSurvives });
  const server = new HonestServer();
  const made: HeldFrame[] = [];
  const sentBytes = new Map<HeldFrame, string>();
  const answers: { answer: FrameAnswer; flight: number }[] = [];
  let nowMs = 0;
  let linkIsUp = false;
  /** The transmission that has neither been answered nor timed out. */
  let open: { flight: number; untilMs: number; boot: number; seq: number } | undefined;
  /** The frame of the last transmission: the only one that a reject can be about. */
  let lastSent: HeldFrame | undefined;
  let overlaps = 0;
  let blamed = 0;
  let changed = 0;

  const answer = (given: FrameAnswer, flight: number): void => {
    const toldBefore = fates.told.length;
    twin.answered(given, nowMs, flight);
    for (const { frame, fate } of fates.told.slice(toldBefore)) {
      if (fate === 'refused' && (frame !== lastSent || !('reject' in given))) blamed += 1;
    }
    if ('reject' in given ? open?.flight === flight : open?.boot === given.boot && given.seq >= open.seq)
      open = undefined;
  };
  const transmit = (): void => {
    const frame = twin.transmit(nowMs);
    if (frame === undefined) return;
    if (!linkIsUp || (open !== undefined && nowMs < open.untilMs)) overlaps += 1;
    if (frame !== twin.held()[0]) overlaps += 1;
    lastSent = frame;
    open = { flight: twin.flight, untilMs: nowMs + 2000, boot: frame.boot, seq: frame.seq };
    const before = sentBytes.get(frame);
    if (before !== undefined && before !== fixedPart(frame)) changed += 1;
    sentBytes.set(frame, fixedPart(frame));
    answers.push({ answer: server.receive(frame.bytes), flight: twin.flight });
  };

  for (const one of steps) {
    switch (one.do) {
      case 'slot':
        made.push(slotAt(twin, nowMs, made.length & 0xff));
        break;
      case 'transmit':
        transmit();
        break;
      case 'deliver': {
        const last = answers.pop();
        if (last) answer(last.answer, last.flight);
        break;
      }
      case 'late':
      case 'duplicate': {
        const first = one.do === 'late' ? answers.shift() : answers[0];
        if (first) answer(first.answer, first.flight);
        break;
      }
      case 'lose':
        answers.pop();
        break;
      case 'reject':
        answer(
          one.afterMs === undefined
            ? { reject: one.reason }
            : { reject: one.reason, retryAfterMs: one.afterMs },
          twin.flight,
        );
        break;
      case 'wait':
        nowMs += one.ms;
        break;
      case 'up':
      case 'down':
        linkIsUp = one.do === 'up';
        if (linkIsUp) twin.linkUp(nowMs);
        else twin.linkDown(nowMs);
        open = undefined;
        break;
      case 'sync':
        twin.syncClock(1_700_000_000_000);
        break;
      case 'reboot':
        twin.reboot(nowMs, one.keepRing);
        linkIsUp &&= one.keepRing;
        open = undefined;
        break;
    }
  }
  return { twin, fates, server, made, nowMs, overlaps, changed, blamed };
}

describe('under any sequence of link changes, lost, late and repeated answers, rejects and reboots', () => {
  it('each frame has exactly one fate, two are never in flight, and bytes never change', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.boolean(), (steps, clockSurvives) => {
        const { twin, fates, made, overlaps, changed, blamed } = play(steps, clockSurvives);
        const ended = [...fates.told.map(({ frame }) => frame), ...twin.held()];
        expect(new Set(ended).size).toBe(ended.length);
        expect(new Set(ended)).toEqual(new Set(made));
        expect({ overlaps, changed, blamed }).toEqual({ overlaps: 0, changed: 0, blamed: 0 });
        expect(twin.heldFrames).toBeLessThanOrEqual(4);
      }),
      { numRuns: 400 },
    );
  });

  it('what is released is stored, and a live honest server gets all that is held in bounded time', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.boolean(), (steps, clockSurvives) => {
        const { twin, fates, server, nowMs } = play(steps, clockSurvives);
        let atMs = nowMs;
        const held = [...twin.held()];
        twin.syncClock();
        twin.linkUp(atMs);
        for (const { seq, boot } of held) {
          expect(twin.wakeAtMs).toBeLessThanOrEqual(atMs);
          const frame = twin.transmit(atMs)!;
          expect([frame.boot, frame.seq]).toEqual([boot, seq]);
          atMs += 40;
          twin.answered(server.receive(frame.bytes), atMs);
        }
        expect(twin.heldFrames).toBe(0);
        for (const { frame, fate } of fates.told) {
          if (fate === 'released')
            expect(server.stored.get(`${frame.boot}:${frame.seq}`)).toBe(fixedPart(frame));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('shares its settings with other twins and changes nothing in them', () => {
    const before = structuredClone(SETTINGS);
    play([{ do: 'slot' }, { do: 'up' }, { do: 'transmit' }, { do: 'reboot', keepRing: false }], true);
    expect(SETTINGS).toEqual(before);
  });
});
