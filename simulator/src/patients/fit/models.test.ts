import { readFileSync } from 'node:fs';
import { normal, Placement, uniform } from '@gaitway/contract';
import {
  builtInModel,
  builtInModelFile,
  MODEL_VERSION,
  type ModelFile,
  parseModelFile,
} from '@gaitway/reference-server';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaUnderCurve } from './area-under-curve.ts';
import { calibrate } from './calibrate.ts';
import { LivingPatients } from './examples.ts';
import { FIT_SEEDS, FREEZERS, fitModel } from './fit-models.ts';
import { fitLogistic } from './logistic.ts';

/** `full` is the depth of CI. */
const FULL = process.env.GAITWAY_TEST === 'full';

/** No model was fitted to these patients. */
const HELD_SEED = 4242;

/** Expected calibration error over ten bins: how far said and true shares lie apart, by how many are in the bin. */
function calibrationError(thousandths: readonly number[], truth: readonly boolean[]): number {
  const bins = Array.from({ length: 10 }, () => ({ said: 0, true: 0 }));
  thousandths.forEach((score, i) => {
    const bin = bins[Math.min(9, Math.floor(score / 100))]!;
    bin.said += score / 1000;
    bin.true += truth[i] ? 1 : 0;
  });
  return bins.reduce((sum, bin) => sum + Math.abs(bin.said - bin.true), 0) / truth.length;
}

describe('the built-in model', () => {
  it('tells tremor (AUROC above 0.95) and walking (0.9) of unseen synthetic patients, slot by slot', () => {
    expect(Object.values(FIT_SEEDS)).not.toContain(HELD_SEED);
    const scores = { tremor: [] as number[], gait: [] as number[], rigidityProxy: [] as number[] };
    const truth = { tremor: [] as boolean[], gait: [] as boolean[], rigidityProxy: [] as boolean[] };
    const model = builtInModel(MODEL_VERSION);
    for (const example of new LivingPatients(HELD_SEED, Placement.wrist).some(100, 60)) {
      const found = model.scoresOf(example.features);
      scores.tremor.push(found.tremor!);
      truth.tremor.push(example.truth.tremor);
      scores.gait.push(found.gait!);
      truth.gait.push(example.truth.gait);
      if (found.rigidityProxy === null) continue;
      scores.rigidityProxy.push(found.rigidityProxy);
      truth.rigidityProxy.push(example.truth.rigidityProxy);
    }
    expect(truth.tremor.filter(Boolean).length).toBeGreaterThan(100);
    expect(truth.gait.filter(Boolean).length).toBeGreaterThan(100);
    expect(areaUnderCurve(scores.tremor, truth.tremor)).toBeGreaterThan(0.95);
    expect(areaUnderCurve(scores.gait, truth.gait)).toBeGreaterThan(0.9);
    expect(calibrationError(scores.tremor, truth.tremor)).toBeLessThan(0.05);
    expect(calibrationError(scores.gait, truth.gait)).toBeLessThan(0.05);
    // Of little arm swing, where it speaks: in walking.
    expect(scores.rigidityProxy.length).toBeGreaterThan(100);
    expect(calibrationError(scores.rigidityProxy, truth.rigidityProxy)).toBeLessThan(0.05);
  });

  it('tells freezes of people who freeze with a probability that is theirs', () => {
    const model = builtInModel(MODEL_VERSION);
    const living = new LivingPatients(HELD_SEED, Placement.shank, FREEZERS);
    const examples = living.some(60, 288);
    const truth = examples.map((example) => example.truth.freezing);
    const scores = examples.map(({ features }) => model.scoresOf(features).freezing!);
    const frozen = truth.filter(Boolean).length;
    expect(frozen).toBeGreaterThan(50);
    expect(areaUnderCurve(scores, truth)).toBeGreaterThan(0.8);
    expect(calibrationError(scores, truth)).toBeLessThan(0.01);
    // Rare as they are, a probability of their share would be calibrated too: it says more above the threshold.
    const positive = truth.filter((_, i) => scores[i]! >= model.file.windowHeads.freezing.threshold);
    expect(positive.filter(Boolean).length / positive.length).toBeGreaterThan((3 * frozen) / truth.length);
  });

  it.runIf(FULL)('is the file that its own command writes', () => {
    const file = builtInModelFile(MODEL_VERSION);
    const committed = JSON.parse(readFileSync(file, 'utf8')) as ModelFile;
    const again = fitModel();
    expect(again).toEqual(committed);
    expect(parseModelFile(JSON.stringify(again), 'what the fit gives')).toEqual(committed);
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

  it('makes probabilities of scores that say too much', () => {
    const scores = Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 4 : -4));
    const truth = scores.map((score, i) => (i % 10 < 2 ? score < 0 : score > 0));
    // Four of five are right: log-odds of ln 4, where the score says 4.
    const { slope, intercept } = calibrate(scores, truth);
    expect(slope).toBeCloseTo(Math.log(4) / 4, 2);
    expect(intercept).toBeCloseTo(0, 2);
  });

  it('keeps weights within their bounds, and fits the others around them', () => {
    // The second column says the same as the first, and a little of its own.
    const rows: number[][] = [];
    const truth: boolean[] = [];
    for (let i = 0; i < 4000; i++) {
      const x = normal(1, i, 0);
      const noise = normal(1, i, 1);
      rows.push([x, x + 0.3 * noise]);
      truth.push(uniform(1, i, 2) < 1 / (1 + Math.exp(-(2 * x - 1.5 * noise))));
    }
    const free = fitLogistic(rows, truth, 0);
    expect(free[2]).toBeLessThan(-4);
    const [, first, second] = fitLogistic(rows, truth, 0, [
      [0, 9],
      [0, 9],
    ]);
    expect(second).toBe(0);
    const alone = fitLogistic(
      rows.map(([x]) => [x!]),
      truth,
      0,
    );
    expect(first).toBeCloseTo(alone[1]!, 6);
    expect(fitLogistic(rows, truth, 0, [[0, 0.5]])[1]).toBe(0.5);
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
