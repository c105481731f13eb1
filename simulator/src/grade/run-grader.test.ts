import { Placement, type RunGrades, type SlotScore, type WindowDocument } from '@gaitway/contract';
import { MODEL_VERSION } from '@gaitway/reference-server';
import { describe, expect, it } from 'vitest';
import { assessmentsByWindow } from '../audit/assessment-sights.ts';
import type { SlotLabel } from '../patients/label.ts';
import { mergeGradeCounts } from './grade-counts.ts';
import { RunGrader } from './run-grader.ts';
import { gradesOf } from './run-grades.ts';
import { type RunTruth, truthOfRun } from './run-truth.ts';
import type { SeenAlert } from './seen-alert.ts';

const SLOT_MS = 5000;
const WINDOW_MS = 60_000;
const SLOTS = 24;
const NOTHING = { rigidityProxy: null, freezing: null };

const LABEL: SlotLabel = {
  ...{ state: 'rest', confounder: null, placement: Placement.wrist, cadence: 0, medication: 'on' },
  ...{ tremor: false, tremorAmplitudeDeg: 0, tremorHz: 0, tremorRating: null },
  ...{ freezing: false, freezingShare: 0, fall: false, fallOffsetMs: 0, dyskinesia: 0, bradykinesia: 0 },
};

/** One patient, whose slots begin at 0, with tremor in the slots that `trembles` names. */
function truthOf(
  trembles: readonly number[],
  over: Partial<RunTruth> = {},
  more: (slot: number) => Partial<SlotLabel> = () => ({}),
): RunTruth {
  return {
    ...{ patients: 1, slotMs: SLOT_MS, windowMs: WINDOW_MS },
    personAt: (index) => ({ patient: `p${index}`, device: index + 1 }),
    startMs: (_, slot) => slot * SLOT_MS,
    measured: () => ({ from: 0, to: SLOTS }),
    labelOf: (_, slot) => ({ ...LABEL, tremor: trembles.includes(slot), ...more(slot) }),
    ...over,
  };
}

/** A document of a window of twelve slots; `score` gives the tremor of each, `undefined` leaves it out. */
function document(
  window: number,
  score: (slot: number) => number | null | undefined,
  over: Partial<WindowDocument> = {},
): WindowDocument {
  const slots = Array.from({ length: 12 }, (_, i) => 12 * window + i).flatMap((slot): SlotScore[] => {
    const tremor = score(slot);
    if (tremor === undefined) return [];
    return [{ startMs: slot * SLOT_MS, boot: 1, seq: slot, tremor, gait: 10, ...NOTHING }];
  });
  const startMs = window * WINDOW_MS;
  const endMs = startMs + WINDOW_MS;
  const identities = [{ device: 1, boot: 1, fromSeq: 0, toSeq: SLOTS - 1 }];
  const closedAtMs = endMs + 3000;
  return { patient: 'p0', startMs, endMs, closedAtMs, identities, slots, ...over } as WindowDocument;
}

function grade(
  truth: RunTruth,
  documents: readonly WindowDocument[],
  alerts: readonly SeenAlert[] = [],
): RunGrades {
  const grader = new RunGrader(truth, { alertsOf: () => alerts, sightsOf: () => alerts });
  for (const each of documents) grader.take(each);
  return gradesOf(grader.finish());
}

const tremorOf = ({ conditions }: RunGrades) => conditions.find(({ condition }) => condition === 'tremor')!;
const TREMBLES = [3, 4, 5, 18];
const right = (slot: number) => (TREMBLES.includes(slot) ? 900 : 100);
const WHOLE = [document(0, right), document(1, right)];

describe('grades of a run', () => {
  it('hold where every slot is answered and right', () => {
    const grades = grade(truthOf(TREMBLES), WHOLE);
    expect(grades).toMatchObject({ verdict: 'holds', reasons: [], misplaced: 0, falls: null });
    expect(tremorOf(grades)).toMatchObject({
      ...{ expected: 24, answered: 24, coverage: 1, positives: 4, truePositives: 4, trueNegatives: 20 },
      ...{ sensitivity: 1, specificity: 1, auroc: 1, events: { events: 2, found: 2, falseAlarms: 0 } },
    });
  });

  it('call positive what the model calls so: the threshold was told before the run, and the grades name it', () => {
    const hesitant = (slot: number) => (TREMBLES.includes(slot) ? 450 : 100);
    const grader = (thresholds: Record<string, number>) => {
      const told = { version: 'other-1', thresholds, declined: { dyskinesia: 'nobody asked' } };
      const found = new RunGrader(truthOf(TREMBLES), { told });
      for (const window of [0, 1]) found.take(document(window, hesitant));
      return gradesOf(found.finish(), told);
    };
    expect(tremorOf(grader({}))).toMatchObject({ threshold: 500, sensitivity: 0, specificity: 1, auroc: 1 });
    // Who scores just the threshold is positive, slot by slot and as an event.
    const grades = grader({ tremor: 450 });
    expect(tremorOf(grades)).toMatchObject({ threshold: 450, sensitivity: 1, specificity: 1 });
    expect(tremorOf(grades).events).toMatchObject({ events: 2, found: 2 });
    expect(grades.model).toMatchObject({ version: 'other-1', thresholds: { tremor: 450 } });
    expect(grades.ungraded).toContainEqual({ condition: 'dyskinesia', reason: 'nobody asked' });
  });

  it('take a slot without a score for a miss, on either side', () => {
    const documents = [document(0, (slot) => (slot < 4 ? undefined : right(slot))), WHOLE[1]!];
    const grades = grade(truthOf(TREMBLES), documents);
    expect(tremorOf(grades)).toMatchObject({
      ...{ answered: 20, missing: 4, truePositives: 3, trueNegatives: 17 },
      ...{ sensitivity: 0.75, specificity: 17 / 20 },
    });
    expect(tremorOf(grades).auroc).toBeCloseTo((3 * 17) / (4 * 20), 12);
    expect(grades.verdict).toBe('fails');
    expect(grades.reasons[0]).toBe(
      'tremor: 20 of 24 slots were answered (0.8333, at least 0.99 are needed): 4 have no score, 0 came later than two windows, 0 were called not assessable without a cause',
    );
  });

  it('take a patient without any document for misses', () => {
    const grades = grade(truthOf(TREMBLES, { patients: 2 }), WHOLE);
    expect(tremorOf(grades)).toMatchObject({ expected: 48, missing: 24, coverage: 0.5 });
  });

  it('take what came later than two windows for a miss, and not what came just before', () => {
    const at = (lateMs: number) =>
      tremorOf(grade(truthOf(TREMBLES), [WHOLE[0]!, document(1, right, { closedAtMs: 120_000 + lateMs })]));
    expect(at(2 * WINDOW_MS)).toMatchObject({ late: 0, answered: 24 });
    expect(at(2 * WINDOW_MS + 1)).toMatchObject({ late: 12, answered: 12 });
  });

  it('take what the run looked for and did not find for late, whatever its document says', () => {
    const missedIt = (patient: string, startMs: number) => patient === 'p0' && startMs === WINDOW_MS;
    const grader = new RunGrader(truthOf(TREMBLES), { missedIt });
    for (const each of WHOLE) grader.take(each);
    expect(tremorOf(gradesOf(grader.finish()))).toMatchObject({ late: 12, answered: 12 });
  });

  it('believe what a viewer saw of when an answer came, and the server only where nobody saw it', () => {
    const endMs = 2 * WINDOW_MS;
    const lateFromMs = endMs + 2 * WINDOW_MS;
    const graded = (closedAtMs: number, seen?: { seenAtMs: number; watchedSinceMs: number | null }) => {
      const assessedSeen = assessmentsByWindow(seen ? [{ patient: 'p0', startMs: WINDOW_MS, ...seen }] : []);
      const grader = new RunGrader(truthOf(TREMBLES), { assessedSeen });
      for (const each of [WHOLE[0]!, document(1, right, { closedAtMs })]) grader.take(each);
      return tremorOf(gradesOf(grader.finish())).late;
    };
    // A server that says it was in time, and one whose clock says it was not.
    expect(graded(endMs, { seenAtMs: lateFromMs + 1, watchedSinceMs: 0 })).toBe(12);
    expect(graded(endMs, { seenAtMs: lateFromMs, watchedSinceMs: 0 })).toBe(0);
    expect(graded(lateFromMs + 1, { seenAtMs: lateFromMs, watchedSinceMs: null })).toBe(0);
    // Nobody was there, or only for a later revision.
    for (const watchedSinceMs of [lateFromMs + 1, null]) {
      expect(graded(endMs, { seenAtMs: lateFromMs + 1, watchedSinceMs })).toBe(0);
      expect(graded(lateFromMs + 1, { seenAtMs: lateFromMs + 1, watchedSinceMs })).toBe(12);
    }
    expect([graded(endMs), graded(lateFromMs + 1)]).toEqual([0, 12]);
  });

  it('do not let a server excuse itself: not assessable without a cause is a miss', () => {
    const grades = grade(truthOf(TREMBLES), [WHOLE[0]!, document(1, () => null)]);
    expect(tremorOf(grades)).toMatchObject({ refused: 12, missing: 0, coverage: 0.5 });
    expect(grades.verdict).toBe('fails');
  });

  it('ask for nothing where nobody can answer: the device sits elsewhere, or slots are too short', () => {
    const elsewhere = grade(
      truthOf(TREMBLES, {}, (slot) => ({ placement: slot < 12 ? 2 : 1 })),
      [document(0, () => null), WHOLE[1]!],
    );
    expect(tremorOf(elsewhere)).toMatchObject({ excused: { placement: 12 }, expected: 12, coverage: 1 });
    const short = grade(truthOf(TREMBLES, { slotMs: 1000 }), []);
    expect(short).toMatchObject({ verdict: 'no-verdict', conditions: [] });
    expect(short.reasons).toEqual([
      'no slot could be answered: a slot of less than 2 s holds too few strides and cycles of a tremor',
    ]);
  });

  it('know answers that lie at no slot of their patient', () => {
    const elsewhere = (slots: SlotScore[]) =>
      slots.map((slot) => ({ ...slot, startMs: slot.startMs + 1700 }));
    const moved = { ...WHOLE[1]!, slots: elsewhere(WHOLE[1]!.slots) };
    const grades = grade(truthOf(TREMBLES), [WHOLE[0]!, moved]);
    expect(grades.misplaced).toBe(12);
    expect(tremorOf(grades)).toMatchObject({ missing: 12 });
    expect(grades.reasons.at(-1)).toMatch(/^12 scores are not of the patient that they are stored for/);
  });

  it('fail for a single score that cannot be of its patient, however many others are right', () => {
    const many = truthOf(TREMBLES, { patients: 400 });
    const grader = new RunGrader(many);
    for (let index = 0; index < 400; index++) {
      for (const each of WHOLE) {
        const slots = each.slots.map((slot, i) =>
          index === 7 && i === 3 ? { ...slot, startMs: slot.startMs + 1700 } : slot,
        );
        const identities = [{ device: index + 1, boot: 1, fromSeq: 0, toSeq: SLOTS - 1 }];
        grader.take({ ...each, patient: `p${index}`, identities, slots });
      }
    }
    const grades = gradesOf(grader.finish());
    expect(tremorOf(grades).coverage).toBeGreaterThan(0.999);
    expect(grades).toMatchObject({ verdict: 'fails', misplaced: 2 });
  });

  it('fail for a score that is not what its model says of the readings, and ask one of each document', () => {
    const computed = { tremor: 100, gait: 10, ...NOTHING };
    const graded = (over: Partial<RunTruth>, assessment = { model: MODEL_VERSION }) =>
      grade(
        truthOf([], over),
        [0, 1].map((window) => document(window, () => 100, { assessment } as Partial<WindowDocument>)),
      );
    const same = graded({ computedScoresOf: () => computed });
    expect(same).toMatchObject({ verdict: 'holds', recomputed: 2, otherwise: 0 });
    const other = graded({ computedScoresOf: () => ({ ...computed, gait: 11 }) });
    expect(other).toMatchObject({ verdict: 'fails', recomputed: 2, otherwise: 2, misplaced: 0 });
    expect(other.reasons).toEqual([
      expect.stringMatching(/^2 of 2 scores that were computed once more are not/),
    ]);
    expect(graded({ computedScoresOf: () => null })).not.toHaveProperty('recomputed');
    expect(graded({ computedScoresOf: () => computed }, { model: 'other-1' })).not.toHaveProperty(
      'recomputed',
    );
  });

  it('do not take the answers to the readings of another for answers, however well they lie', () => {
    const of = (device: number, fromSeq: number, toSeq: number) => ({ device, boot: 1, fromSeq, toSeq });
    const graded = (...identities: ReturnType<typeof of>[]) =>
      grade(truthOf(TREMBLES), [WHOLE[0]!, { ...WHOLE[1]!, identities }]);
    expect(graded(of(1, 12, 23))).toMatchObject({ verdict: 'holds', misplaced: 0 });
    expect(graded(of(2, 12, 23))).toMatchObject({ verdict: 'fails', misplaced: 12 });
    expect(graded(of(1, 12, 20), of(2, 21, 23)).misplaced).toBe(3);
    expect(graded({ ...of(1, 12, 23), boot: 2 }).misplaced).toBe(12);
    const { identities: _, ...untold } = WHOLE[1]!;
    expect(grade(truthOf(TREMBLES), [WHOLE[0]!, untold as WindowDocument]).misplaced).toBe(12);
  });

  it('count the first answer to a slot, whatever comes for it again', () => {
    const again = document(1, () => 0, { slots: WHOLE[0]!.slots.map((slot) => ({ ...slot, tremor: 0 })) });
    expect(tremorOf(grade(truthOf(TREMBLES), [...WHOLE, again]))).toMatchObject({ truePositives: 4 });
  });

  it('leave out what was not due in the measure phase', () => {
    const run = { seed: 1, patients: 1, slotMs: SLOT_MS, windowMs: WINDOW_MS, startMs: 0 };
    const { measured, startMs } = truthOfRun({ ...run, measureFromMs: 30_000, measureToMs: 90_000 });
    const { from, to } = measured(0);
    // Due at its end: from 30 s on, and before 90 s.
    expect(startMs(0, from) + SLOT_MS).toBeGreaterThanOrEqual(30_000);
    expect(startMs(0, from)).toBeLessThan(30_000);
    expect(startMs(0, to - 1) + SLOT_MS).toBeLessThan(90_000);
    expect(to - from).toBe(12);
  });

  it('say how long alerts took from the onset of what they are about', () => {
    const alerts = [
      { rule: 'sustained-tremor', atMs: 0, seenAtMs: 63_000 },
      { rule: 'sustained-tremor', atMs: 60_000, seenAtMs: null },
      { rule: 'sustained-tremor', atMs: 600_000, seenAtMs: 663_000 },
      { rule: 'something else', atMs: 0, seenAtMs: 1 },
    ];
    expect(tremorOf(grade(truthOf(TREMBLES), WHOLE, alerts)).alerts).toMatchObject({
      // The tremor began with slot 3, at 15 s.
      ...{ count: 1, p50Ms: 48_000, maxMs: 48_000, withoutEvent: 1 },
    });
  });

  it('know events by the episodes of their patients, where those tell of them', () => {
    const episodesOf = () => [
      { kind: 'tremor', startMs: 13_000, endMs: 29_000 },
      { kind: 'tremor', startMs: 51_000, endMs: 52_000 },
      { kind: 'freeze', startMs: 0, endMs: 9000 },
    ];
    const alerts = [{ rule: 'sustained-tremor', atMs: 0, seenAtMs: 63_000 }];
    const { events, alerts: delays } = tremorOf(grade(truthOf(TREMBLES, { episodesOf }), WHOLE, alerts));
    // The positive slot 18 meets none of them.
    expect(events).toEqual({ events: 2, found: 1, falseAlarms: 1 });
    expect(delays).toMatchObject({ count: 1, p50Ms: 50_000 });
  });

  it('find falls by alerts within 5 s of them', () => {
    const truth = truthOf([], {}, (slot) =>
      slot === 4 || slot === 9 ? { fall: true, fallOffsetMs: 2000 } : {},
    );
    const { falls } = grade(truth, WHOLE, [
      { rule: 'fall', atMs: 22_300, seenAtMs: 23_500 },
      { rule: 'fall', atMs: 90_000, seenAtMs: null },
    ]);
    expect(falls).toMatchObject({ events: 2, found: 1, falseAlarms: 1, alerts: { count: 1, p50Ms: 1500 } });
  });

  it.each([
    ['in the last slot of warm-up', [9], 47_000],
    ['in the first slot behind the measure phase', [20], 102_000],
    ['just behind it, with an alert just before its end', [20], 99_900],
    ['nowhere, and the alert lies before the measure phase', [], 46_000],
    ['nowhere, and the alert lies behind it', [], 100_000],
  ])('take an alert of a fall %s for neither a find nor a false alarm', (_, slots, atMs) => {
    const fallsAt = (slot: number) => (slots.includes(slot) ? { fall: true, fallOffsetMs: 2000 } : {});
    const truth = truthOf([], { measured: () => ({ from: 10, to: 20 }) }, fallsAt);
    expect(grade(truth, WHOLE, [{ rule: 'fall', atMs, seenAtMs: atMs + 500 }]).falls).toBeNull();
  });

  it('take an alert without any fall for false up to both ends of the measure phase', () => {
    const truth = truthOf([], { measured: () => ({ from: 10, to: 20 }) });
    const alerts = [50_000, 99_999].map((atMs) => ({ rule: 'fall', atMs, seenAtMs: null }));
    expect(grade(truth, WHOLE, alerts).falls).toMatchObject({ events: 0, falseAlarms: 2 });
  });

  it('find a fall at the edge by an alert outside', () => {
    const fallsAt = (slot: number) => (slot === 10 ? { fall: true, fallOffsetMs: 500 } : {});
    const truth = truthOf([], { measured: () => ({ from: 10, to: 20 }) }, fallsAt);
    const alerts = [{ rule: 'fall', atMs: 49_000, seenAtMs: 51_500 }];
    expect(grade(truth, WHOLE, alerts).falls).toMatchObject({ events: 1, found: 1, falseAlarms: 0 });
  });

  it('merge from parts to what one grader would have found', () => {
    const two = truthOf(TREMBLES, { patients: 2 });
    const identities = [{ device: 2, boot: 1, fromSeq: 0, toSeq: SLOTS - 1 }];
    const other = WHOLE.map((each) => ({ ...each, patient: 'p1', identities }));
    const whole = new RunGrader(two);
    for (const each of [...WHOLE, ...other]) whole.take(each);
    const parts = [WHOLE, WHOLE].map((documents) => {
      const grader = new RunGrader(truthOf(TREMBLES));
      for (const each of documents) grader.take(each);
      return grader.finish();
    });
    expect(mergeGradeCounts(parts)).toEqual(whole.finish());
  });
});
