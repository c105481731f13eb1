import { AXES, FEATURE_FIELDS, featureIndex, Placement } from '@gaitway/contract';
import { BANDS, exactCoefficients } from '@gaitway/firmware';
import { slotScores } from '@gaitway/reference-server';
import { describe, expect, it } from 'vitest';
import { areaUnderCurve } from './fit/area-under-curve.ts';
import { label } from './label.ts';
import { RANGES_DEFAULT, ReadingSource } from './readings.ts';

const SEED = 77;
const source = new ReadingSource(SEED);

/** What squares weigh in the accelerometer's energies, by eighths of the slot. */
const EIGHTHS = [0, 1 / 4, 1 / 2, 1, 1, 1 / 2, 1 / 4, 0];

/**
 * What the wire's features are in real arithmetic, from the samples: filters in double precision, roots, logarithms, angles.
 * Left out are the steps, which a counter of its own finds in whole numbers, and the heart's fields: those are never compared.
 */
function exactFeatures(samples: Int16Array): Float64Array {
  const count = samples.length / 6;
  const exact = new Float64Array(FEATURE_FIELDS.length);
  const set = (name: string, value: number): void => {
    exact[featureIndex(name)] = value;
  };
  const axes = AXES.map((_, axis) => Array.from({ length: count }, (_, i) => samples[i * 6 + axis]!));
  const mean = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0) / all.length;
  set('sampleCount', count);
  for (const [axis, name] of AXES.entries()) {
    const values = axes[axis]!;
    set(`${name}Mean`, mean(values));
    set(`${name}Rms`, Math.sqrt(mean(values.map((value) => value * value))));
    set(`${name}Min`, Math.min(...values));
    set(`${name}Max`, Math.max(...values));
  }
  for (const { name, fromHz, toHz } of BANDS) {
    const { b, a1, a2 } = exactCoefficients(fromHz, toHz);
    for (const [sensor, first] of [
      ['accel', 0],
      ['gyro', 3],
    ] as const) {
      let energy = 0;
      for (let axis = first; axis < first + 3; axis++) {
        const values = axes[axis]!;
        let [x1, x2, y1, y2] = [values[0]!, values[0]!, 0, 0];
        for (const [i, x] of values.entries()) {
          const y = b * (x - x2) - a1 * y1 - a2 * y2;
          energy += y * y * (sensor === 'accel' ? EIGHTHS[Math.floor((8 * i) / count)]! : 1);
          [x2, x1, y2, y1] = [x1, x, y1, y];
        }
      }
      set(`${sensor}${name}Log2`, 256 * Math.log2(1 + energy));
    }
  }
  const lengths = Array.from(
    { length: count },
    (_, i) => Math.hypot(...samples.subarray(i * 6, i * 6 + 3)) / 2,
  );
  set('accelMagnitudeMin', Math.min(...lengths));
  set('accelMagnitudeMax', Math.max(...lengths));
  const seconds = [0, 1, 2].map(
    (axis) => [mean(axes[axis]!.slice(0, 50)), mean(axes[axis]!.slice(-50))] as const,
  );
  const dot = seconds.reduce((sum, [first, last]) => sum + first * last, 0);
  const length = (at: 0 | 1): number => Math.hypot(...seconds.map((pair) => pair[at]));
  set('tiltCosine', (16384 * dot) / (length(0) * length(1)));
  return exact;
}

interface Slot {
  values: Readonly<ArrayLike<number>>;
  exact: Float64Array;
  patient: number;
  slot: number;
}

const slots: Slot[] = Array.from({ length: 3000 }, (_, i) => {
  const [patient, slot] = [i * 7, (i * 131) % 4000];
  return {
    values: source.valuesOf(patient, slot),
    exact: exactFeatures(source.samplesOf(patient, slot)),
    patient,
    slot,
  };
});

const quantile = (all: readonly number[], share: number): number =>
  all.toSorted((a, b) => a - b)[Math.floor(share * (all.length - 1))]!;

describe('features in fixed point', () => {
  const names = FEATURE_FIELDS.map(({ name }) => name);

  it('agree with features in real arithmetic from the same samples: energies within 0.05 in log10', () => {
    for (const name of names.filter((each) => each.endsWith('Log2'))) {
      const at = featureIndex(name);
      const decades = slots.map(
        ({ values, exact }) => (Math.abs(values[at]! - exact[at]!) / 256) * Math.log10(2),
      );
      expect(quantile(decades, 0.99), name).toBeLessThan(0.05);
      expect(quantile(decades, 0.5), name).toBeLessThan(0.01);
    }
  });

  it('agree in the other features: median difference at most 2 %, p99 at most 10 %', () => {
    const others = names.filter((name) => /Mean$|Rms$|Min$|Max$/.test(name));
    expect(others).toHaveLength(26);
    for (const name of others) {
      const at = featureIndex(name);
      const differences = slots.map(({ values, exact }) => {
        // A mean near nothing is told by its distance in counts, against what a count is: a difference of one is none.
        const scale = Math.max(Math.abs(exact[at]!), 50);
        return Math.abs(values[at]! - exact[at]!) / scale;
      });
      expect(quantile(differences, 0.5), name).toBeLessThan(0.02);
      expect(quantile(differences, 0.99), name).toBeLessThan(0.1);
    }
  });

  it('agree in how far the device turned: as angles, since cosines near one hide degrees', () => {
    const at = featureIndex('tiltCosine');
    const degrees = (cosine: number) =>
      (Math.acos(Math.min(1, Math.max(-1, cosine / 16384))) * 180) / Math.PI;
    const differences = slots.map(({ values, exact }) =>
      Math.abs(degrees(values[at]!) - degrees(exact[at]!)),
    );
    expect(
      quantile(
        slots.map(({ exact }) => degrees(exact[at]!)),
        0.9,
      ),
    ).toBeGreaterThan(5);
    expect(quantile(differences, 0.5)).toBeLessThan(0.2);
    expect(quantile(differences, 0.99)).toBeLessThan(3);
  });

  it("lead to the same answers (the steps, which are not compared, being the device's own): areas under the curve differ by less than 0.01", () => {
    const header = { flags: 0, placement: Placement.wrist, slotMs: 5000, ...RANGES_DEFAULT };
    const wrist = slots.filter(({ patient }) => source.placementOf(patient) === Placement.wrist);
    const labels = wrist.map(({ patient, slot }) => label(SEED, patient, slot));
    const truth = {
      tremor: labels.map(({ tremor }) => tremor),
      gait: labels.map(({ state }) => state === 'walking'),
    };
    const steps = featureIndex('steps');
    for (const condition of ['tremor', 'gait'] as const) {
      const [device, exact] = [
        wrist.map(({ values }) => slotScores(values, header)[condition]!),
        wrist.map(({ values, exact: features }) => {
          features[steps] = values[steps]!;
          return slotScores(features, header)[condition]!;
        }),
      ].map((scores) => areaUnderCurve(scores, truth[condition])) as [number, number];
      expect(Math.abs(device - exact), condition).toBeLessThan(0.01);
    }
  });
});
