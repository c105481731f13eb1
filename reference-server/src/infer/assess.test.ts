import {
  CONDITIONS,
  FEATURE_FIELDS,
  FrameFlag,
  featureIndex,
  Placement,
  type SlotScore,
  uniform,
} from '@gaitway/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessWindow, explainSlot, slotScores } from './assess.ts';
import { MODEL_VERSION } from './models.ts';
import { constancy } from './tremor.ts';

const WRIST = { flags: 0, placement: Placement.wrist, accelRange: 2, gyroRange: 2, slotMs: 5000 };

/** Values of a slot; energies in octaves of counts^2, as the models think of them. */
function valuesOf(named: Record<string, number> = {}): Int32Array {
  const values = new Int32Array(FEATURE_FIELDS.length);
  const all = { sampleCount: 250, ...named };
  for (const [name, value] of Object.entries(all)) {
    values[featureIndex(name)] = name.endsWith('Log2') ? Math.round(256 * value) : value;
  }
  return values;
}

const TREMBLING = valuesOf({
  accelLocomotionLog2: 18,
  gyroLocomotionLog2: 20,
  gyroTremorLog2: 23,
  gyroXRms: 600,
});
const WALKING = valuesOf({
  accelLocomotionLog2: 26.5,
  gyroLocomotionLog2: 27.5,
  gyroTremorLog2: 23,
  steps: 8,
  gyroXRms: 1500,
});
const STILL = valuesOf({ accelLocomotionLog2: 19, gyroLocomotionLog2: 17, gyroTremorLog2: 15 });

const slot = fc.record({
  startMs: fc.nat(1e6),
  boot: fc.nat(3),
  seq: fc.nat(1000),
  tremor: fc.option(fc.nat(1000)),
  rigidityProxy: fc.option(fc.nat(1000)),
  gait: fc.option(fc.nat(1000)),
});

/** A window of slots whose every condition has these scores. */
function windowOf(scores: readonly (number | null)[]): SlotScore[] {
  return scores.map((score, seq) => ({
    startMs: seq,
    boot: 0,
    seq,
    tremor: score,
    rigidityProxy: score,
    gait: score,
  }));
}

describe('the scores of a slot', () => {
  it('tell a tremor at rest, a walk, and stillness apart', () => {
    const [trembling, walking, still] = [TREMBLING, WALKING, STILL].map((values) =>
      slotScores(values, WRIST),
    );
    expect(trembling!.tremor).toBeGreaterThan(850);
    expect(walking!.tremor).toBeLessThan(100);
    expect(still!.tremor).toBeLessThan(100);
    expect(walking!.gait).toBeGreaterThan(850);
    expect(trembling!.gait).toBeLessThan(100);
    expect(still!.gait).toBeLessThan(100);
  });

  it('say nothing of rigidity but in walking, where less swing of the arm scores higher', () => {
    expect(slotScores(STILL, WRIST).rigidityProxy).toBeNull();
    const proxy = (rms: number): number => {
      const values = WALKING.slice();
      values[featureIndex('gyroXRms')] = rms;
      return slotScores(values, WRIST).rigidityProxy!;
    };
    expect(proxy(300)).toBeGreaterThan(proxy(738));
    expect(proxy(738)).toBeGreaterThan(proxy(2000));
    // 22.5 deg/s is even odds.
    expect(proxy(Math.round(22.5 * 32.75))).toBeCloseTo(500, -1);
  });

  it.each([
    ['another placement than a wrist', { placement: Placement.shank }, {}, 'wrists only'],
    ['an unknown placement', { placement: Placement.unknown }, {}, 'wrists only'],
    ['a device that is not worn', { flags: FrameFlag.offWrist }, {}, 'not worn'],
    ['too few samples', { flags: FrameFlag.gap }, { sampleCount: 200 }, 'missing'],
    ['no samples', {}, { sampleCount: 0 }, 'missing'],
    ['a slot of one second', { slotMs: 1000 }, { sampleCount: 50 }, 'less than 2 s'],
  ])('are not assessable for %s', (_, header, over, reason) => {
    const values = TREMBLING.slice();
    for (const [name, value] of Object.entries(over)) values[featureIndex(name)] = value;
    const given = { ...WRIST, ...header };
    expect(slotScores(values, given)).toEqual({ tremor: null, rigidityProxy: null, gait: null });
    for (const condition of explainSlot(values, given)) {
      expect(condition).toMatchObject({ assessable: false, reason: expect.stringContaining(reason) });
    }
  });

  it('do not depend on the ranges that the sensor was set to', () => {
    const values = TREMBLING.slice();
    const wider = { ...WRIST, accelRange: 3, gyroRange: 3 };
    for (const { name } of FEATURE_FIELDS) {
      // Half the counts: a quarter of the energy, two octaves.
      if (name.endsWith('Log2')) values[featureIndex(name)]! -= 512;
      if (name.endsWith('Rms')) values[featureIndex(name)]! /= 2;
    }
    expect(slotScores(values, wider)).toEqual(slotScores(TREMBLING, WRIST));
  });

  it('are thousandths or null and agree with their explanation, whatever the values', () => {
    const value = fc.integer({ min: -32768, max: 65535 });
    const any = fc.array(value, { minLength: FEATURE_FIELDS.length, maxLength: FEATURE_FIELDS.length });
    fc.assert(
      fc.property(any, fc.boolean(), (random, whole) => {
        const values = Int32Array.from(random);
        if (whole) values[featureIndex('sampleCount')] = 250;
        const scores = slotScores(values, WRIST);
        explainSlot(values, WRIST).forEach(({ condition, assessable, probability, score, contributions }) => {
          expect(scores[condition] === null).toBe(!assessable);
          if (!assessable) return;
          expect(scores[condition]).toBe(Math.round(1000 * probability!));
          const sum = contributions!.reduce((total, { contribution }) => total + contribution, 0);
          expect(sum).toBeCloseTo(score!, 9);
        });
      }),
    );
  });
});

describe('the assessment of a window', () => {
  it('speaks of every condition, in order, and names its version', () => {
    const { model, conditions } = assessWindow(windowOf([900, 900, 900, 900]));
    expect(model).toBe(MODEL_VERSION);
    expect(conditions.map(({ condition }) => condition)).toEqual(CONDITIONS);
  });

  it('depends on the set of slots and not on their order', () => {
    fc.assert(
      fc.property(fc.array(slot, { maxLength: 20 }), fc.nat(), (slots, seed) => {
        const shuffled = slots
          .map((one, i) => ({ one, key: uniform(seed, i) }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        expect(assessWindow(shuffled)).toEqual(assessWindow(slots));
      }),
    );
  });

  it('has contributions that add up to the score, and a probability that follows from it', () => {
    fc.assert(
      fc.property(fc.array(slot, { maxLength: 20 }), (slots) => {
        for (const { assessable, reason, score, probability, contributions } of assessWindow(slots)
          .conditions) {
          expect(assessable).toBe(reason === undefined);
          if (!assessable) continue;
          const sum = contributions!.reduce((total, { contribution }) => total + contribution, 0);
          expect(sum).toBeCloseTo(score!, 9);
          expect(probability).toBeCloseTo(1 / (1 + Math.exp(-score!)), 12);
        }
      }),
    );
  });

  it('rises with the slots that show the condition', () => {
    for (let i = 0; i < CONDITIONS.length; i++) {
      const probability = (positives: number): number =>
        assessWindow(windowOf(Array.from({ length: 12 }, (_, k) => (k < positives ? 950 : 40)))).conditions[
          i
        ]!.probability!;
      const all = Array.from({ length: 13 }, (_, positives) => probability(positives));
      expect(all).toEqual(all.toSorted((a, b) => a - b));
      expect(all[0]).toBeLessThan(0.1);
      expect(all[12]).toBeGreaterThan(0.9);
    }
  });

  it('is not assessable with fewer than three scored slots, and says how many there were', () => {
    const [tremor] = assessWindow(windowOf([900, null, 900, null])).conditions;
    expect(tremor).toEqual({
      condition: 'tremor',
      assessable: false,
      reason: '2 of 4 slots could be scored (worn at the wrist, without gaps), 3 are needed',
    });
    expect(assessWindow([]).conditions.every(({ assessable }) => !assessable)).toBe(true);
  });

  it('rates how constant a tremor is in the steps of MDS-UPDRS item 3.18', () => {
    const shares = [0, 1, 3, 4, 6, 7, 9, 10, 12].map((positive) => constancy(positive / 12));
    expect(shares).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4]);
    expect(assessWindow(windowOf([900, 900, 100, 100])).conditions.map(({ severity }) => severity)).toEqual([
      2,
      undefined,
      undefined,
    ]);
  });
});
