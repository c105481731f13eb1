import { FEATURE_FIELDS, featureIndex, Placement, uniform, type WindowDocument } from '@gaitway/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeWindow, encodeWindow } from '../archive/window-codec.ts';
import { amendWindow, OpenWindow } from '../window/open-window.ts';
import { medianOf } from './drift/bins.ts';
import { OneModel } from './inference.ts';
import { builtInModel } from './load-model.ts';
import { Model } from './model.ts';
import { MODEL_VERSION } from './model-names.ts';
import { USUAL_SLOTS } from './window-model.ts';

const MODEL = builtInModel(MODEL_VERSION);
const HEADER = { flags: 0, placement: Placement.wrist, accelRange: 2, gyroRange: 2, slotMs: 5000 } as const;

interface Reading {
  placement: number;
  values: Int32Array;
}

/** Energies in octaves of counts^2. */
function valuesOf(named: Record<string, number>): Int32Array {
  const values = new Int32Array(FEATURE_FIELDS.length);
  for (const [name, value] of Object.entries({ sampleCount: 250, ...named }))
    values[featureIndex(name)] = name.endsWith('Log2') ? Math.round(256 * value) : value;
  return values;
}

const STILL = { accelLocomotionLog2: 19, gyroLocomotionLog2: 17, gyroTremorLog2: 15 };
const TREMBLING = { accelLocomotionLog2: 18, gyroLocomotionLog2: 20, gyroTremorLog2: 25, gyroXRms: 600 };
const WALKING = {
  ...{ accelLocomotionLog2: 26.5, gyroLocomotionLog2: 27.5, gyroTremorLog2: 23 },
  ...{ steps: 8, gyroXRms: 1500 },
};

/** The window of these readings, of which the numbers from `from` on are folded in this order. */
function windowOf(
  readings: readonly Reading[],
  order: readonly number[] = readings.map((_, i) => i),
): WindowDocument {
  const inference = new OneModel(MODEL);
  const models = inference.modelsFor();
  const window = new OpenWindow('p', 'w', 0, 60_000, 0, false, models);
  for (const seq of order) {
    const { placement, values } = readings[seq]!;
    const frame = {
      kind: 1,
      device: 1,
      boot: 1,
      seq,
      startMs: 5000 * seq,
      ...HEADER,
      placement,
      firmware: 0,
      batteryMv: 0,
    };
    const scores = inference.score(models, values, frame);
    if (window.fold(frame as never, seq, 0, values, scores))
      inference.folded(models, frame, scores, window.drivers);
  }
  return window.close(1, true, 61_000, 0);
}

const reading = fc
  .tuple(
    fc.constantFrom(Placement.wrist, Placement.wrist, Placement.shank),
    fc.array(fc.integer({ min: 0, max: 8000 }), {
      minLength: FEATURE_FIELDS.length,
      maxLength: FEATURE_FIELDS.length,
    }),
  )
  .map(([placement, all]): Reading => {
    const values = Int32Array.from(all);
    values[featureIndex('sampleCount')] = 250;
    return { placement, values };
  });

function sameScene(scene: Record<string, number>, placement: number = Placement.wrist): Reading[] {
  return Array.from({ length: 12 }, () => ({ placement, values: valuesOf(scene) }));
}

const SIGNAL = /^(gyro|accel|steps|armSwing|freezeIndex)/;

describe('what drove the assessment of a window', () => {
  it('adds up to the score, whatever the readings, and each slot is moved by what its features moved it', () => {
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1, maxLength: 14 }), (readings) => {
        const { assessment, slots } = windowOf(readings);
        for (const { condition, assessable, score, contributions } of assessment.conditions) {
          if (!assessable) continue;
          const sum = contributions!.reduce((total, { contribution }) => total + contribution, 0);
          expect(sum).toBeCloseTo(score!, 9);
          expect(contributions!.some(({ feature }) => SIGNAL.test(feature))).toBe(true);
          expect(contributions!.some(({ feature }) => feature === 'slotScoreMean')).toBe(false);
          // What is not the features' is what usual slots would score: a probability, but for roundings.
          const usual = contributions!.find(({ feature }) => feature === USUAL_SLOTS)!;
          expect(usual.value).toBeGreaterThan(-0.001);
          expect(usual.value).toBeLessThan(1.001);
          const scored = slots.filter((slot) => slot[condition] !== null);
          const mean = scored.reduce((total, slot) => total + slot[condition]!, 0) / (1000 * scored.length);
          const weight = MODEL.file.windowHeads[condition].weights.slotScoreMean!;
          const moved = contributions!.filter(({ feature }) => SIGNAL.test(feature));
          const of = moved.reduce((total, { contribution }) => total + contribution / weight, 0);
          expect(usual.value + of).toBeCloseTo(mean, 9);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is what usual slots leave where only wrists, or only legs, are worn: a figure of the model, whatever they do', () => {
    const usual = [STILL, TREMBLING, WALKING].map((scene) =>
      windowOf(sameScene(scene)).assessment.conditions.map(
        ({ contributions }) => contributions?.find(({ feature }) => feature === USUAL_SLOTS)?.value,
      ),
    );
    for (const at of [0, 2]) {
      const values = usual.map((each) => each[at]!);
      expect(Math.max(...values) - Math.min(...values)).toBeLessThan(0.001);
    }
  });

  it.each([
    ['tremor', TREMBLING, Placement.wrist, 'gyroTremorToLocomotion'],
    ['gait', WALKING, Placement.wrist, 'stepsOffCadence'],
    ['gait', { accelLocomotionLog2: 32, accelFreezeLog2: 28 }, Placement.shank, 'accelLocomotion'],
    // A usual leg stands, and standing is noise whose freeze index is high: what is unusual is that it moves.
    ['freezing', { accelLocomotionLog2: 31, accelFreezeLog2: 34 }, Placement.shank, 'accelStillness'],
  ] as const)('names the feature of %s', (condition, scene, placement, feature) => {
    const { assessment } = windowOf(sameScene(scene, placement));
    const { contributions } = assessment.conditions.find((each) => each.condition === condition)!;
    const signals = contributions!.filter((row) => SIGNAL.test(row.feature));
    const [most] = signals.toSorted((a, b) => b.contribution - a.contribution);
    expect(most).toMatchObject({ feature });
    expect(most!.contribution).toBeGreaterThan(0);
  });

  it('is against tremor where a hand lies still, by the feature of tremor', () => {
    const { contributions } = windowOf(sameScene(STILL)).assessment.conditions[0]!;
    const still = contributions!.filter(({ feature }) => SIGNAL.test(feature));
    expect(still.reduce((sum, { contribution }) => sum + contribution, 0)).toBeLessThan(0);
  });

  it('is the same in whatever order readings came, amended or at once, from its bytes or as made', () => {
    fc.assert(
      fc.property(
        fc.array(reading, { minLength: 2, maxLength: 12 }),
        fc.nat(),
        fc.nat(),
        (readings, seed, cut) => {
          const order = readings
            .map((_, seq) => ({ seq, key: uniform(seed, seq) }))
            .sort((a, b) => a.key - b.key)
            .map(({ seq }) => seq);
          const whole = windowOf(readings);
          expect(windowOf(readings, order)).toEqual(whole);
          const at = 1 + (cut % (readings.length - 1));
          const stored = decodeWindow(encodeWindow(windowOf(readings, order.slice(0, at))));
          const amended = amendWindow(stored, windowOf(readings, order.slice(at)), 1, MODEL);
          expect([amended.drivers, amended.assessment]).toEqual([whole.drivers, whole.assessment]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is left at the scores of slots in a document of a version that did not know it, also when it is amended', () => {
    const { drivers, ...old } = windowOf(sameScene(TREMBLING).slice(0, 6));
    const amended = amendWindow(old, windowOf(sameScene(WALKING), [7, 8, 9]), 1, MODEL);
    expect(amended.drivers).toBeUndefined();
    const rows = amended.assessment.conditions[0]!.contributions!.map(({ feature }) => feature);
    expect(rows).toEqual(['intercept', 'slotScoreMean', 'slotsPositiveShare']);
  });

  it('moves nothing in a slot that is the usual one, and reads a slot near it by the slope there', () => {
    const usual = medianOf(MODEL.file.training.wrist!.features.gyroTremorToLocomotion!);
    const file = {
      ...MODEL.file,
      slotHeads: MODEL.file.slotHeads
        .slice(0, 1)
        .map((head) => ({ ...head, weights: { gyroTremorToLocomotion: 1 } })),
    };
    const { drivers } = new Model(file);
    const scores = { tremor: 1, rigidityProxy: null, gait: null, freezing: null };
    const movedAt = (value: number): number => {
      const sums = drivers.emptySums();
      const values = new Float64Array(10).fill(value);
      drivers.add({ fault: null, placement: Placement.wrist, values }, scores, sums);
      return drivers.listed(sums)[0]!.moved;
    };
    expect(movedAt(usual)).toBe(0);
    const [near, far] = [movedAt(usual + 1e-3), movedAt(usual + 2e-3)];
    expect(near).toBeGreaterThan(0);
    expect(far / near).toBeCloseTo(2, 1);
  });
});

describe('the median of bins', () => {
  it('lies within its bin as far as its share says, and at the edge of an outermost one', () => {
    expect(medianOf({ edges: [0, 10], shares: [0.25, 0.5, 0.25] })).toBeCloseTo(5, 9);
    expect(medianOf({ edges: [0, 10], shares: [0.4, 0.2, 0.4] })).toBeCloseTo(5, 9);
    expect(medianOf({ edges: [3, 10], shares: [0.9, 0.1, 0] })).toBe(3);
    expect(medianOf({ edges: [3, 10], shares: [0, 0.1, 0.9] })).toBe(10);
    expect(medianOf({ edges: [], shares: [1] })).toBe(0);
  });
});
