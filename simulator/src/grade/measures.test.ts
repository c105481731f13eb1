import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaUnderCurve } from '../patients/fit/area-under-curve.ts';
import { confusionAt, sensitivityOf, specificityOf } from './confusion.ts';
import { delaySummaryOf, quantileOf } from './delays.ts';
import { gradeEvents, stretchesOf } from './event-grade.ts';
import { areaInterval, areaStandardError, wilsonInterval } from './intervals.ts';
import {
  areaOfTally,
  calibrationErrorOf,
  confusionOfTally,
  emptyTally,
  mergeTallies,
  type ScoreTally,
  tallyScore,
} from './score-tally.ts';

const tallyOf = (rows: readonly (readonly [score: number, truth: boolean])[]): ScoreTally => {
  const tally = emptyTally();
  for (const [score, truth] of rows) tallyScore(tally, score, truth);
  return tally;
};

/**
 * The readings of 109 tomograms by one radiologist in five classes, from surely normal to surely abnormal: table I of
 * Hanley and McNeil, Radiology 143 (1982) 29-36, who give an area of 0.893 and a standard error of 0.032.
 */
const TOMOGRAMS = { normal: [33, 6, 6, 11, 2], abnormal: [3, 2, 2, 11, 33] };
const TOMOGRAM_ROWS = (['normal', 'abnormal'] as const).flatMap((kind) =>
  TOMOGRAMS[kind].flatMap((count, rating) =>
    Array.from({ length: count }, () => [200 * rating, kind === 'abnormal'] as const),
  ),
);

describe('confusion at a threshold', () => {
  it('counts what lies at the threshold as positive', () => {
    const found = confusionAt([0.2, 0.5, 0.5, 0.9, 0.4], [false, false, true, true, true], 0.5);
    expect(found).toEqual({ truePositives: 2, falseNegatives: 1, trueNegatives: 1, falsePositives: 1 });
    expect(sensitivityOf(found)).toEqual({ matched: 2, of: 3 });
    expect(specificityOf(found)).toEqual({ matched: 1, of: 2 });
  });
});

describe("Wilson's interval", () => {
  // Table I of Newcombe 1998, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is the published one', (matched, of, low, high) => {
    const interval = wilsonInterval({ matched, of })!;
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('of no case is none', () => expect(wilsonInterval({ matched: 0, of: 0 })).toBeNull());
});

describe('the area under the curve', () => {
  it('of ratings with many ties is the published one, and so is its standard error', () => {
    const area = areaOfTally(tallyOf(TOMOGRAM_ROWS));
    expect(area).toBeCloseTo(0.893, 3);
    expect(areaStandardError(area, 51, 58)).toBeCloseTo(0.0325, 4);
    const { low, high } = areaInterval(area, 51, 58)!;
    expect([low, high].map((value) => Number(value.toFixed(3)))).toEqual([0.829, 0.957]);
  });

  it('of a tally is that of the scores one by one', () => {
    const cases = fc.array(fc.tuple(fc.nat(1000), fc.boolean()), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(cases, (rows) => {
        fc.pre(rows.some(([, is]) => is) && rows.some(([, is]) => !is));
        const single = areaUnderCurve(
          rows.map(([score]) => score),
          rows.map(([, is]) => is),
        );
        expect(areaOfTally(tallyOf(rows))).toBeCloseTo(single, 12);
      }),
    );
  });

  it('takes a miss for the worst answer, whatever the truth', () => {
    const perfect = tallyOf([
      [900, true],
      [900, true],
      [100, false],
    ]);
    expect(areaOfTally(perfect)).toBe(1);
    // One of three positives is below the only negative.
    expect(areaOfTally(perfect, { positives: 1, negatives: 0 })).toBeCloseTo(2 / 3, 12);
    // One of two negatives is above both positives.
    expect(areaOfTally(perfect, { positives: 0, negatives: 1 })).toBe(0.5);
  });

  it('has no interval where a class is empty', () => expect(areaInterval(0.5, 0, 9)).toBeNull());
});

describe('expected calibration error', () => {
  it('is 0 where each probability is the share that was true', () => {
    const rows = Array.from({ length: 10 }, (_, i) => [300, i < 3] as const);
    expect(calibrationErrorOf(tallyOf(rows))).toBeCloseTo(0, 12);
  });

  it('weighs the distance of each bin by its cases (worked by hand)', () => {
    // Bin 0.9-1: mean 0.9, true 1 of 2: 0.4. Bin 0.1-0.2: mean 0.1, true 0 of 2: 0.1. (2 * 0.4 + 2 * 0.1) / 4.
    const tally = tallyOf([
      [900, true],
      [900, false],
      [100, false],
      [100, false],
    ]);
    expect(calibrationErrorOf(tally)).toBeCloseTo(0.25, 12);
  });

  it('lets no bin that says too much make up for one that says too little', () => {
    // Bin 0.9-1: mean 0.9, none true: 0.9. Bin 0.1-0.2: mean 0.1, all true: 0.9.
    const tally = tallyOf([
      [900, false],
      [100, true],
    ]);
    expect(calibrationErrorOf(tally)).toBeCloseTo(0.9, 12);
  });

  it('puts the upper end into the last bin', () => {
    expect(calibrationErrorOf(tallyOf([[1000, true]]))).toBe(0);
    expect(calibrationErrorOf(emptyTally())).toBeNull();
  });
});

it('tallies merge to what one of all scores would be', () => {
  const [one, other] = [TOMOGRAM_ROWS.slice(0, 40), TOMOGRAM_ROWS.slice(40)];
  expect(mergeTallies([tallyOf(one), tallyOf(other)])).toEqual(tallyOf(TOMOGRAM_ROWS));
  expect(confusionOfTally(tallyOf(TOMOGRAM_ROWS), 600)).toEqual(
    // Ratings 4 and 5 are called abnormal.
    { truePositives: 44, falseNegatives: 7, trueNegatives: 45, falsePositives: 13 },
  );
});

describe('events', () => {
  const answer = (startMs: number, endMs: number, knownAtMs = endMs) => ({ startMs, endMs, knownAtMs });

  it('are found by any answer that meets them, with the delay of the first', () => {
    const events = [
      { startMs: 7000, endMs: 14_000 },
      { startMs: 40_000, endMs: 42_000 },
    ];
    const answers = [answer(5000, 10_000), answer(10_000, 15_000), answer(20_000, 25_000)];
    expect(gradeEvents(events, answers)).toEqual({
      events: 2,
      found: 1,
      falseAlarms: 1,
      delaysMs: [3000],
    });
  });

  it('do not take neighbours for a second false alarm, nor an end that touches for a hit', () => {
    const answers = [answer(0, 5000), answer(5000, 10_000), answer(30_000, 35_000)];
    const { found, falseAlarms } = gradeEvents([{ startMs: 10_000, endMs: 12_000 }], answers);
    expect({ found, falseAlarms }).toEqual({ found: 0, falseAlarms: 2 });
  });

  it('that are instants are met within the slack', () => {
    const fall = [{ startMs: 60_000, endMs: 60_000 }];
    expect(gradeEvents(fall, [answer(60_900, 60_900, 61_500)], 1000)).toMatchObject({
      found: 1,
      delaysMs: [1500],
    });
    expect(gradeEvents(fall, [answer(61_100, 61_100)], 1000)).toMatchObject({ found: 0, falseAlarms: 1 });
  });

  it('come out of slots as stretches', () => {
    const slots = [true, true, false, false, true];
    expect(stretchesOf(slots, (slot) => 100 + 5 * slot)).toEqual([
      { startMs: 100, endMs: 110 },
      { startMs: 120, endMs: 125 },
    ]);
  });
});

describe('delays', () => {
  it('are quantiles that were measured', () => {
    const tenths = Array.from({ length: 10 }, (_, i) => (i + 1) * 100);
    expect(delaySummaryOf([...tenths].reverse())).toEqual({
      ...{ count: 10, p50Ms: 500, p90Ms: 900, p95Ms: 1000, maxMs: 1000 },
    });
    expect(quantileOf([7], 0.5)).toBe(7);
    expect(delaySummaryOf([])).toEqual({ count: 0, p50Ms: null, p90Ms: null, p95Ms: null, maxMs: null });
  });
});
