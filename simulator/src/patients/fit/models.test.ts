import { Placement } from '@gaitway/contract';
import { COEFFICIENTS, slotScores } from '@gaitway/reference-server';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { label } from '../label.ts';
import { ReadingSource } from '../readings.ts';
import { areaUnderCurve } from './area-under-curve.ts';
import { FIT_SEEDS, fitModels, WRIST_READING } from './fit-models.ts';
import { fitLogistic } from './logistic.ts';

/** No model was fitted to these patients. */
const HELD_SEED = 4242;

describe('the first models', () => {
  it('tell tremor and walking of unseen synthetic patients, slot by slot (AUROC above 0.9)', () => {
    expect([...FIT_SEEDS.slots, FIT_SEEDS.windows]).not.toContain(HELD_SEED);
    const source = new ReadingSource(HELD_SEED);
    const scores = { tremor: [] as number[], gait: [] as number[] };
    const truth = { tremor: [] as boolean[], gait: [] as boolean[] };
    for (let patient = 0; patient < 400; patient++) {
      if (source.placementOf(patient) !== Placement.wrist) continue;
      for (let slot = 0; slot < 120; slot += 12) {
        const found = slotScores(source.valuesOf(patient, slot), WRIST_READING);
        const { tremor, state } = label(HELD_SEED, patient, slot);
        scores.tremor.push(found.tremor!);
        truth.tremor.push(tremor);
        scores.gait.push(found.gait!);
        truth.gait.push(state === 'walking');
      }
    }
    expect(truth.tremor.filter(Boolean).length).toBeGreaterThan(100);
    expect(truth.gait.filter(Boolean).length).toBeGreaterThan(100);
    expect(areaUnderCurve(scores.tremor, truth.tremor)).toBeGreaterThan(0.9);
    expect(areaUnderCurve(scores.gait, truth.gait)).toBeGreaterThan(0.9);
  });

  it('have the coefficients that the fit gives', () => {
    const { version, ...committed } = COEFFICIENTS;
    expect(fitModels()).toEqual(committed);
    expect(version).toMatch(/^first-/);
  });
});

describe('the fit', () => {
  it('finds the slope of a known law', () => {
    // 1,000 rows at each of five places, with the share of positives that log-odds -1 + 2 x give.
    const rows: number[][] = [];
    const truth: boolean[] = [];
    for (const x of [-1, -0.5, 0, 0.5, 1]) {
      const positives = Math.round(1000 / (1 + Math.exp(1 - 2 * x)));
      for (let i = 0; i < 1000; i++) {
        rows.push([x]);
        truth.push(i < positives);
      }
    }
    const [intercept, slope] = fitLogistic(rows, truth, 0);
    expect(intercept).toBeCloseTo(-1, 2);
    expect(slope).toBeCloseTo(2, 2);
  });

  it('settles on classes that separate, with a ridge', () => {
    const [, slope] = fitLogistic([[0], [0], [1], [1]], [false, false, true, true], 1);
    expect(slope).toBeGreaterThan(0);
    expect(slope).toBeLessThan(10);
  });
});

describe('the area under the curve', () => {
  it('is the share of pairs in the right order, ties counting half', () => {
    const cases = fc.array(fc.tuple(fc.nat(9), fc.boolean()), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(cases, (all) => {
        const positives = all.filter(([, is]) => is).map(([score]) => score);
        const negatives = all.filter(([, is]) => !is).map(([score]) => score);
        fc.pre(positives.length > 0 && negatives.length > 0);
        let right = 0;
        for (const p of positives) for (const n of negatives) right += p > n ? 1 : p === n ? 0.5 : 0;
        const exact = right / (positives.length * negatives.length);
        expect(
          areaUnderCurve(
            all.map(([score]) => score),
            all.map(([, is]) => is),
          ),
        ).toBeCloseTo(exact, 12);
      }),
    );
  });
});
