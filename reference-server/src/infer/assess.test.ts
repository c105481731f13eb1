import {
  ACCEL_ENERGY_WEIGHT,
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
import { assessWindow, slotScores } from './assess.ts';
import { builtInModel } from './load-model.ts';
import { MODEL_VERSION } from './model-names.ts';
import { tremorRating } from './tremor-rating.ts';

const WRIST = { flags: 0, placement: Placement.wrist, accelRange: 2, gyroRange: 2, slotMs: 5000 };
const SHANK = { ...WRIST, placement: Placement.shank };
/** From this score on a slot is a freeze. */
const FREEZES_FROM = builtInModel(MODEL_VERSION).file.windowHeads.freezing.threshold;
const NOTHING = { tremor: null, rigidityProxy: null, gait: null, freezing: null };

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
  gyroTremorLog2: 25,
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

/** log2 of the energy that gives this power in g^2, of 250 samples at 8 g. */
const energyOf = (power: number): number => Math.log2(250 * ACCEL_ENERGY_WEIGHT * 4096 ** 2 * power);
const leg = (locomotion: number, freeze: number): Int32Array =>
  valuesOf({ accelLocomotionLog2: energyOf(locomotion), accelFreezeLog2: energyOf(freeze) });

const score = fc.option(fc.nat(1000));
const slot = fc.record({
  startMs: fc.nat(1e6),
  boot: fc.nat(3),
  seq: fc.nat(1000),
  tremor: score,
  rigidityProxy: score,
  gait: score,
  freezing: score,
  tremorRating: fc.nat(4000),
});

/** A window of slots whose every condition has these scores. */
function windowOf(scores: readonly (number | null)[], over: Partial<SlotScore> = {}): SlotScore[] {
  return scores.map((each, seq) => ({
    ...{ startMs: 5000 * seq, boot: 0, seq, tremorRating: 2500 },
    ...{ tremor: each, rigidityProxy: each, gait: each, freezing: each, ...over },
  }));
}

describe('the scores of a slot', () => {
  it('tell a tremor at rest, a walk, and stillness apart', () => {
    const [trembling, walking, still] = [TREMBLING, WALKING, STILL].map((values) =>
      slotScores(values, WRIST),
    );
    expect(trembling!.tremor).toBeGreaterThan(900);
    expect(walking!.tremor).toBeLessThan(100);
    expect(still!.tremor).toBeLessThan(100);
    expect(walking!.gait).toBeGreaterThan(500);
    expect(trembling!.gait).toBeLessThan(100);
    expect(still!.gait).toBeLessThan(100);
  });

  it('tell a freezing leg from one that walks, and from one that stands', () => {
    const freezing = slotScores(leg(0.1, 0.4), SHANK);
    const walking = slotScores(leg(0.4, 0.1), SHANK);
    // Standing is noise: its freeze index is as high as that of a freeze.
    const standing = slotScores(leg(0.00001, 0.00004), SHANK);
    expect(freezing.freezing).toBeGreaterThan(1.3 * FREEZES_FROM);
    expect(walking.freezing).toBeLessThan(FREEZES_FROM / 1.3);
    expect(standing.freezing).toBeLessThan(FREEZES_FROM / 4);
    expect(walking.gait).toBeGreaterThan(500);
    expect(freezing.gait).toBeLessThan(500);
    expect(standing.gait).toBeLessThan(10);
  });

  it('call a freeze what the filters of the device give a freeze index above 1.15', () => {
    expect(slotScores(leg(0.1, 0.12), SHANK).freezing).toBeGreaterThanOrEqual(FREEZES_FROM);
    expect(slotScores(leg(0.1, 0.11), SHANK).freezing).toBeLessThan(FREEZES_FROM);
  });

  it('call no tremor what no eye sees, whatever its rhythm', () => {
    // 1 (deg/s)^2 at 1000 deg/s.
    const unseen = Math.log2(250 * 32.75 ** 2);
    const trembling = (octaves: number) =>
      slotScores(
        valuesOf({ gyroLocomotionLog2: unseen - 3 + octaves, gyroTremorLog2: unseen + octaves }),
        WRIST,
      ).tremor;
    expect(trembling(1)).toBeGreaterThan(500);
    expect(trembling(0)).toBe(trembling(1));
    expect(trembling(-4)).toBeLessThan(100);
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
    // Half of the usual swing is little, and the usual one is not.
    expect(proxy(Math.round(22.5 * 32.75))).toBeGreaterThan(500);
    expect(proxy(Math.round(45 * 32.75))).toBeLessThan(100);
  });

  it('are those of the heads that are valid where the device sits, and of no other', () => {
    const assessed = (placement: number): string[] =>
      CONDITIONS.filter((condition) => slotScores(WALKING, { ...WRIST, placement })[condition] !== null);
    expect(assessed(Placement.wrist)).toEqual(['tremor', 'rigidityProxy', 'gait']);
    expect(assessed(Placement.shank)).toEqual(['gait', 'freezing']);
    expect(assessed(Placement.ankle)).toEqual(['gait', 'freezing']);
    expect(assessed(Placement.lumbar)).toEqual([]);
    expect(assessed(Placement.unknown)).toEqual([]);
  });
  it.each([
    ['a device that is not worn', { flags: FrameFlag.offWrist }, {}],
    ['too few samples', { flags: FrameFlag.gap }, { sampleCount: 200 }],
    ['no samples', {}, { sampleCount: 0 }],
    ['a slot of one second', { slotMs: 1000 }, { sampleCount: 50 }],
  ])('are not assessable for %s', (_, header, over) => {
    const values = TREMBLING.slice();
    for (const [name, value] of Object.entries(over)) values[featureIndex(name)] = value;
    for (const where of [WRIST, SHANK]) {
      const given = { ...where, ...header };
      expect(slotScores(values, given)).toEqual(NOTHING);
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

  it('are thousandths or null, whatever the values', () => {
    const value = fc.integer({ min: -32768, max: 65535 });
    const any = fc.array(value, { minLength: FEATURE_FIELDS.length, maxLength: FEATURE_FIELDS.length });
    fc.assert(
      fc.property(any, fc.boolean(), fc.constantFrom(WRIST, SHANK), (random, whole, header) => {
        const values = Int32Array.from(random);
        if (whole) values[featureIndex('sampleCount')] = 250;
        const scores = slotScores(values, header);
        for (const condition of CONDITIONS) {
          const said = scores[condition];
          expect(said === null || (Number.isInteger(said) && said >= 0 && said <= 1000)).toBe(true);
        }
      }),
    );
  });
});

describe('the rating of a tremor', () => {
  /** log2 of the power of a rotation that swings the hand by so many cm, peak to peak, at 5 Hz. */
  const powerOf = (pathCm: number): number => {
    const angleDegrees = ((pathCm / 2 / 20) * 180) / Math.PI;
    return Math.log2((2 * Math.PI * 5 * angleDegrees) ** 2 / 2);
  };

  it('is 1.5 at 1 cm and rises by 2 with each tenfold, within 0 and 4', () => {
    const ratings = [0.01, 0.1, 1, Math.sqrt(10), 10, 1000].map((pathCm) => tremorRating(powerOf(pathCm)));
    expect(ratings.map((rating) => Math.round(1e6 * rating) / 1e6)).toEqual([0, 0, 1.5, 2.5, 3.5, 4]);
  });

  it('is 0 in a slot without tremor, and absent where tremor is not assessable', () => {
    expect(slotScores(TREMBLING, WRIST).tremorRating).toBeGreaterThan(0);
    expect(slotScores(WALKING, WRIST).tremorRating).toBe(0);
    expect(slotScores(WALKING, SHANK)).not.toHaveProperty('tremorRating');
  });

  it('is, of a window, the mean of its slots with tremor', () => {
    const severity = (slots: SlotScore[]) => assessWindow(slots).conditions[0]!.severity;
    const [weak, strong] = [windowOf([900, 900]), windowOf([900, 900], { tremorRating: 3500 })];
    expect(severity([...weak, ...strong, ...windowOf([100, 100], { tremorRating: 4000 })])).toBe(3);
    expect(severity(windowOf([100, 100, 100]))).toBe(0);
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
      fc.property(
        fc.uniqueArray(slot, { maxLength: 20, selector: ({ startMs }) => startMs }),
        fc.nat(),
        (slots, seed) => {
          const shuffled = slots
            .map((one, i) => ({ one, key: uniform(seed, i) }))
            .sort((a, b) => a.key - b.key)
            .map(({ one }) => one);
          expect(assessWindow(shuffled)).toEqual(assessWindow(slots));
        },
      ),
    );
  });

  it('has contributions that add up to the score, and a calibrated probability of it', () => {
    const { windowHeads } = builtInModel(MODEL_VERSION).file;
    fc.assert(
      fc.property(fc.array(slot, { maxLength: 20 }), (slots) => {
        for (const said of assessWindow(slots).conditions) {
          expect(said.assessable).toBe(said.reason === undefined);
          if (!said.assessable) continue;
          const sum = said.contributions!.reduce((total, { contribution }) => total + contribution, 0);
          expect(sum).toBeCloseTo(said.score!, 9);
          const { slope, intercept } = windowHeads[said.condition].calibration;
          expect(said.probability).toBeCloseTo(1 / (1 + Math.exp(-slope * said.score! - intercept)), 12);
        }
      }),
    );
  });

  it('rises with the slots that show the condition', () => {
    for (const [i, condition] of CONDITIONS.entries()) {
      const probability = (positives: number): number => {
        const slots = windowOf(Array.from({ length: 13 }, (_, k) => (k > 0 && k <= positives ? 950 : 10)));
        // Who freezes walked before.
        const walked = slots.map((one) => ({ ...one, gait: one.freezing === 10 ? 950 : 10 }));
        return assessWindow(condition === 'freezing' ? walked : slots).conditions[i]!.probability!;
      };
      const all = Array.from({ length: 13 }, (_, positives) => probability(positives));
      expect(all).toEqual(all.toSorted((a, b) => a - b));
      expect(all[0]).toBeLessThan(0.1);
      expect(all[12], condition).toBeGreaterThan(condition === 'freezing' ? 0.5 : 0.9);
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

  it('counts a freeze only where somebody walked before, or where the window begins with it and they walk on', () => {
    const share = (freezing: string, gait: string): number => {
      const slots = windowOf([...freezing].map(() => 0)).map((one, i) => ({
        ...one,
        freezing: freezing[i] === '#' ? 900 : 10,
        gait: gait[i] === '#' ? 900 : 100,
      }));
      const { contributions } = assessWindow(slots).conditions[3]!;
      return 12 * contributions!.find(({ feature }) => feature === 'slotsPositiveShare')!.value;
    };
    expect(share('.....##.....', '....#.......')).toBeCloseTo(2, 9);
    expect(share('.....##.....', '..#.........')).toBeCloseTo(2, 9);
    expect(share('.....##.....', '.#..........')).toBe(0);
    expect(share('##..........', '............')).toBe(0);
    expect(share('##..........', '....#.......')).toBeCloseTo(2, 9);
    expect(share('##..........', '.....#......')).toBe(0);
    // Nobody freezes for a minute.
    expect(share('############', '############')).toBe(0);
    expect(share('##..#.......', '..#.........')).toBeCloseTo(3, 9);
    expect(share('.....######.', '....#.......')).toBeCloseTo(6, 9);
  });
});
