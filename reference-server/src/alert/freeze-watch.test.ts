import { type Frame, FrameKind, Placement } from '@gaitway/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInModel } from '../infer/load-model.ts';
import type { ModelFile } from '../infer/model-file.ts';
import { MODEL_VERSION } from '../infer/model-names.ts';
import { EntryProgress } from '../window/entry-progress.ts';
import { freezeScores, mayFreeze } from './freeze-scores.ts';
import { FreezeWatch, freezesIn } from './freeze-watch.ts';
import { alertId } from './rule.ts';

const { file } = builtInModel(MODEL_VERSION);
/** A model whose threshold is even, and whose head is not calibrated: then nine to one is 900. */
const MODEL: ModelFile = {
  ...file,
  slotHeads: file.slotHeads.map((head) =>
    head.condition === 'freezing' ? { ...head, calibration: { slope: 1, intercept: 0 } } : head,
  ),
  windowHeads: {
    ...file.windowHeads,
    freezing: { ...file.windowHeads.freezing, threshold: 500 },
    gait: { ...file.windowHeads.gait, threshold: 500 },
  },
};
const AT_MS = 1_700_000_000_000;
const SLOT_MS = 5000;
const PATIENT = 'p000006';
/** Walks; freezes; passes the threshold and not by enough; rests; nothing is said. */
const SAYS = {
  w: { gait: 800, freezing: 100 },
  F: { gait: 800, freezing: 950 },
  f: { gait: 100, freezing: 899 },
  r: { gait: 100, freezing: 10 },
  n: { gait: null, freezing: null },
} as const;
type Says = keyof typeof SAYS;

const legSlot = (slot: number, says: Says, over: Partial<Parameters<FreezeWatch['note']>[0]> = {}) => ({
  ...{ patient: PATIENT, ward: 'w0000', model: MODEL, entry: slot, scores: SAYS[says] },
  frame: { startMs: AT_MS + slot * SLOT_MS, slotMs: SLOT_MS, placement: Placement.shank } as Frame,
  receivedAtMs: AT_MS + (slot + 1) * SLOT_MS + 100,
  ...over,
});
const entries = () => {
  const held = new Map<number, number>();
  const change = (by: number) => (entry: number) => void held.set(entry, (held.get(entry) ?? 0) + by);
  return { hold: change(1), release: change(-1), held: () => [...held].filter(([, n]) => n !== 0) };
};
/** Numbers of the slots that raise an alert, a slot for each letter. */
function raisedBy(slots: string, watch = new FreezeWatch(entries())): number[] {
  return [...slots].flatMap((says, slot) =>
    watch.note(legSlot(slot, says as Says)).map(({ atMs }) => (atMs - AT_MS) / SLOT_MS),
  );
}

describe('freezing of gait', () => {
  it('raises a notice in the slot in which a walking leg freezes', () => {
    const watch = new FreezeWatch(entries());
    for (const slot of [-1, 0]) watch.note(legSlot(slot, 'w'));
    expect(watch.note(legSlot(1, 'F'))).toEqual([
      {
        id: alertId(PATIENT, 'freezing', AT_MS + SLOT_MS),
        ...{ patient: PATIENT, ward: 'w0000', rule: 'freezing', severity: 'notice', state: 'raised' },
        atMs: AT_MS + SLOT_MS,
        says: 'freezing of gait, as a leg shows it right after walking (probability 0.95)',
      },
    ]);
  });

  it.each([
    ['a freeze that lasts', 'wwFFFFFw', [2]],
    ['two, of which each begins after 10 s without', 'wwFwwFw', [2, 5]],
    ['trembling that comes and goes', 'wwFwFwFwF', [2]],
    ['a slot between that could not be scored', 'wnFw', [2]],
    ['a gap in which nothing was heard of the leg', 'wnnnnwF', []],
    ['the first 10 s of a device', 'wFww', []],
    ['a slot that passes the threshold, and not by enough', 'wwfwf', []],
    ['a leg that trembles at rest', 'rrFFFF', []],
    ['one that trembles 15 s after walking', 'wrrFF', []],
    ['one that trembles within 10 s of walking', 'wrF', [2]],
    ['one of which nobody heard for longer', 'nwF', []],
    ['nothing before it', 'F', []],
  ])('with %s (%s) is told of once for each episode', (_, slots, raised) => {
    expect(raisedBy(slots)).toEqual(raised);
  });

  it('takes no slot twice, and none that is older than the newest', () => {
    const watch = new FreezeWatch(entries());
    for (const slot of [3, 4]) watch.note(legSlot(slot, 'w'));
    expect([5, 5, 2].flatMap((slot) => watch.note(legSlot(slot, 'F'))).length).toBe(1);
    const late = new FreezeWatch(entries());
    for (const slot of [1, 2, 4]) late.note(legSlot(slot, 'w'));
    expect(late.note(legSlot(3, 'F'))).toEqual([]);
  });

  it('of one leg says nothing of another', () => {
    const watch = new FreezeWatch(entries());
    for (const slot of [0, 1]) watch.note(legSlot(slot, 'w'));
    for (const slot of [0, 1]) watch.note(legSlot(slot, 'r', { patient: 'p7' }));
    expect(watch.note(legSlot(2, 'F', { patient: 'p7' }))).toEqual([]);
    expect(watch.note(legSlot(2, 'F'))).toHaveLength(1);
  });

  it('holds the entries of the 20 s before only, and none of whom nothing comes any more', () => {
    const progress = entries();
    const watch = new FreezeWatch(progress);
    for (const [slot, says] of [...'wwwwrwF'].entries()) watch.note(legSlot(slot, says as Says));
    expect(progress.held().map(([entry]) => entry)).toEqual([2, 3, 4, 5, 6]);
    watch.expire(legSlot(6, 'F').receivedAtMs + 59_999);
    expect(progress.held()).toHaveLength(5);
    watch.expire(legSlot(6, 'F').receivedAtMs + 60_000);
    expect(progress.held()).toEqual([]);
    watch.note(legSlot(7, 'w'));
    watch.clear();
    expect(progress.held()).toEqual([]);
  });

  it('begins anew when nothing was received for a minute', () => {
    const watch = new FreezeWatch(entries());
    for (const slot of [0, 1]) watch.note(legSlot(slot, 'w'));
    const late = { receivedAtMs: legSlot(1, 'w').receivedAtMs + 60_000 };
    expect(watch.note(legSlot(2, 'F', late))).toEqual([]);
  });

  it('says the same whoever takes over, wherever', () => {
    const letters = fc.string({ unit: fc.constantFrom('w', 'w', 'F', 'f', 'r', 'n'), maxLength: 60 });
    fc.assert(
      fc.property(letters, fc.array(fc.nat(59), { maxLength: 4 }), fc.boolean(), (slots, cuts, stalls) => {
        const alone = raisedBy(slots);
        const raised = new Set<number>();
        let from = 0;
        for (const cut of [...cuts.sort((one, other) => one - other), slots.length]) {
          // Position n is that of slot n - 1: an owner goes on behind what the one before committed.
          const progress = new EntryProgress(String(from));
          const watch = new FreezeWatch(progress);
          for (let slot = from; slot < Math.min(cut, slots.length); slot++) {
            const entry = progress.begin(String(slot + 1));
            for (const { atMs } of watch.note(legSlot(slot, slots[slot] as Says, { entry })))
              raised.add((atMs - AT_MS) / SLOT_MS);
            if (stalls) watch.expire(AT_MS + (slot + 1) * SLOT_MS + 50_000);
          }
          from = Number(progress.position());
        }
        expect([...raised].sort((one, other) => one - other)).toEqual(alone);
      }),
      { numRuns: 1000 },
    );
  });
});

it.each([
  ['wF', true],
  ['wrF', true],
  ['wrrF', false],
  ['FFw', false],
  ['wf', false],
  ['', false],
])('a window of %s holds a freeze that calls: %s', (slots, calls) => {
  const scored = [...slots].map((says, slot) => ({
    ...{ startMs: slot * SLOT_MS, boot: 1, seq: slot, tremor: null, rigidityProxy: null },
    ...SAYS[says as Says],
  }));
  expect(freezesIn(scored, MODEL)).toBe(calls);
});

describe('the score of a slot from which on it may be called a freeze', () => {
  it('is nine to one beyond the threshold, in the log-odds of the head before its calibration', () => {
    expect(freezeScores(MODEL)[Placement.shank]).toBeCloseTo(900, 9);
    const calibrated = {
      ...MODEL,
      slotHeads: MODEL.slotHeads.map((head) => ({ ...head, calibration: { slope: 0.5, intercept: -9 } })),
    };
    expect(freezeScores(calibrated)[Placement.shank]).toBeCloseTo(750, 9);
  });

  it('is there for legs with features only', () => {
    const may = (kind: number, placement: number) => mayFreeze(MODEL, { kind, placement } as Frame);
    expect(may(FrameKind.features, Placement.shank)).toBe(true);
    expect(may(FrameKind.features, Placement.ankle)).toBe(true);
    expect(may(FrameKind.features, Placement.wrist)).toBe(false);
    expect(may(FrameKind.features, Placement.unknown)).toBe(false);
    expect(may(FrameKind.features, 200)).toBe(false);
    expect(may(FrameKind.rawChunk, Placement.shank)).toBe(false);
  });
});
