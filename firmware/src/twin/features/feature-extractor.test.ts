import { AXES, FEATURE_FIELDS, featureIndex, normal, SAMPLE_RATE_HZ, uniform } from '@gaitway/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BANDS, exactCoefficients } from './bands.ts';
import { FeatureExtractor } from './feature-extractor.ts';
import { isqrt } from './isqrt.ts';
import { log2Fixed } from './log2.ts';

const G = 4096; // counts at 8 g
const extractor = new FeatureExtractor(2);

function featuresOf(samples: Int16Array): Record<string, number> {
  const values = new Int32Array(FEATURE_FIELDS.length);
  extractor.extract(samples, values);
  return Object.fromEntries(FEATURE_FIELDS.map(({ name }, i) => [name, values[i]!]));
}

/** A slot of 250 samples; `signal` gives one axis at a time in s. */
function slotOf(signal: (axis: number, seconds: number, sample: number) => number, count = 250): Int16Array {
  const samples = new Int16Array(count * 6);
  for (let i = 0; i < samples.length; i++) {
    const sample = Math.floor(i / 6);
    const value = Math.round(signal(i % 6, sample / SAMPLE_RATE_HZ, sample));
    samples[i] = Math.min(32767, Math.max(-32768, value));
  }
  return samples;
}

/** Of the accelerometer's energies, by eighths of the slot. */
const WEIGHTS = [0, 1 / 4, 1 / 2, 1, 1, 1 / 2, 1 / 4, 0];

/** The same features in real arithmetic. */
function reference(samples: Int16Array): Record<string, number> {
  const count = samples.length / 6;
  const axis = (a: number): number[] => Array.from({ length: count }, (_, i) => samples[i * 6 + a]!);
  const mean = (xs: number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
  const found: Record<string, number> = { sampleCount: count };
  AXES.forEach((name, a) => {
    const xs = axis(a);
    found[`${name}Mean`] = mean(xs);
    found[`${name}Rms`] = Math.sqrt(mean(xs.map((x) => x * x)));
    found[`${name}Min`] = Math.min(...xs);
    found[`${name}Max`] = Math.max(...xs);
  });
  for (const { name, fromHz, toHz } of BANDS) {
    const { b, a1, a2 } = exactCoefficients(fromHz, toHz);
    for (const [sensor, from] of [
      ['accel', 0],
      ['gyro', 3],
    ] as const) {
      let energy = 0;
      for (let a = from; a < from + 3; a++) {
        const xs = axis(a);
        const ys: number[] = [];
        for (let i = 0; i < count; i++) {
          ys.push(b * (xs[i]! - (xs[i - 2] ?? xs[0]!)) - a1 * (ys[i - 1] ?? 0) - a2 * (ys[i - 2] ?? 0));
        }
        const weight = (i: number) => (sensor === 'accel' ? WEIGHTS[Math.floor((8 * i) / count)]! : 1);
        energy += ys.reduce((sum, y, i) => sum + weight(i) * y * y, 0);
      }
      found[`${sensor}${name}Log2`] = 256 * Math.log2(1 + energy);
    }
  }
  const magnitudes = Array.from(
    { length: count },
    (_, i) => Math.hypot(...samples.subarray(i * 6, i * 6 + 3)) / 2,
  );
  found.accelMagnitudeMin = Math.min(...magnitudes);
  found.accelMagnitudeMax = Math.max(...magnitudes);
  const seconds = [0, 1, 2].map((a) => [mean(axis(a).slice(0, 50)), mean(axis(a).slice(-50))] as const);
  const dot = seconds.reduce((sum, [f, l]) => sum + f * l, 0);
  const length = (k: 0 | 1): number => Math.hypot(...seconds.map((pair) => pair[k]));
  found.tiltCosine = (16384 * dot) / (length(0) * length(1));
  return found;
}

/** How far the integers may be from real arithmetic, in their own units. */
const TOLERANCE = { accelMagnitude: 1, Mean: 1, Rms: 1, Min: 0, Max: 0, tiltCosine: 32, sampleCount: 0 };

function expectNear(samples: Int16Array, log2Tolerance: number): void {
  const found = featuresOf(samples);
  for (const [name, exact] of Object.entries(reference(samples))) {
    const rule = Object.entries(TOLERANCE).find(([part]) => name.startsWith(part) || name.endsWith(part));
    const tolerance = name.endsWith('Log2') ? log2Tolerance : rule![1];
    expect(Math.abs(found[name]! - exact), `${name}: ${found[name]}, exactly ${exact}`).toBeLessThanOrEqual(
      tolerance,
    );
  }
}

describe('the feature extractor', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])('agrees with real arithmetic on a lively signal (seed %i)', (seed) => {
    const hz = 0.6 + 7 * uniform(seed, 1);
    const amplitude = 40 + 8000 * uniform(seed, 2) ** 3;
    const samples = slotOf(
      (axis, s, i) =>
        (axis === 2 ? G : 0) +
        amplitude *
          (0.3 + uniform(seed, 3, axis)) *
          Math.sin(2 * Math.PI * (hz * s + uniform(seed, 4, axis))) +
        8 * normal(seed, 5, i, axis),
    );
    // 6 units: 1.6 % of an energy.
    expectNear(samples, 6);
  });

  it('agrees within 8 % of an energy on a sensor that lies still', () => {
    expectNear(
      slotOf((axis, _, i) => (axis === 2 ? G : 3) + (axis < 3 ? 9 : 2) * normal(9, 9, i, axis)),
      28,
    );
  });

  it('cuts, and does not wrap, at the ends of the range', () => {
    const square = (amplitude: number): Int16Array =>
      slotOf((axis, s) => (axis === 2 ? 700 : 0) + (Math.floor(s * 10) % 2 === 0 ? amplitude : -amplitude));
    expectNear(square(16_000), 6);
    // At the rail the filters' outputs pass their 16 bits and are cut there: energy is lost, less than an octave.
    const full = square(32_767);
    const found = featuresOf(full);
    for (const [name, exact] of Object.entries(reference(full))) {
      if (!name.endsWith('Log2')) continue;
      expect(found[name]).toBeLessThanOrEqual(exact + 1);
      expect(found[name]).toBeGreaterThan(exact - 256);
    }
    expect(found.accelMagnitudeMax).toBe(28377);
  });

  it('never leaves the fields of the wire, whatever the samples', () => {
    fc.assert(
      fc.property(fc.int16Array({ minLength: 6, maxLength: 1530 }), (random) => {
        const samples = random.subarray(0, random.length - (random.length % 6));
        const found = featuresOf(samples);
        for (const { name, bytes, signed } of FEATURE_FIELDS) {
          const [least, most] = bytes === 1 ? [0, 255] : signed ? [-32768, 32767] : [0, 65535];
          expect(found[name], name).toBeGreaterThanOrEqual(least);
          expect(found[name], name).toBeLessThanOrEqual(most);
        }
        if (samples.length >= 600) expectNear(samples, 40);
      }),
      { numRuns: 60 },
    );
  });

  it('tells bands apart: 5 Hz lies in the tremor band, 1.5 Hz in the locomotion band', () => {
    const tremor = featuresOf(slotOf((axis, s) => (axis === 3 ? 500 * Math.sin(2 * Math.PI * 5 * s) : 0)));
    const walk = featuresOf(slotOf((axis, s) => (axis === 3 ? 500 * Math.sin(2 * Math.PI * 1.5 * s) : 0)));
    expect(tremor.gyroTremorLog2! - tremor.gyroLocomotionLog2!).toBeGreaterThan(2 * 256);
    expect(walk.gyroLocomotionLog2! - walk.gyroTremorLog2!).toBeGreaterThan(3 * 256);
  });

  it('counts steps of a walk, and none of a device that lies still', () => {
    const walk = slotOf((axis, s) => (axis === 2 ? G + 0.25 * G * Math.sin(2 * Math.PI * 1.8 * s) : 0));
    expect(featuresOf(walk).steps).toBe(9);
    expect(featuresOf(slotOf((axis) => (axis === 2 ? G : 0))).steps).toBe(0);
  });

  it('tells a turn by 90 degrees from none', () => {
    const turned = slotOf((axis, s) => (axis === (s < 2.5 ? 0 : 2) ? G : 0));
    expect(Math.abs(featuresOf(turned).tiltCosine!)).toBeLessThanOrEqual(16);
    expect(featuresOf(slotOf((axis) => (axis === 1 ? -G : 0))).tiltCosine).toBeGreaterThan(16384 - 32);
  });

  it('takes the first and the last second by ticks when samples are missing', () => {
    const turned = (firstTick: number, ticks: number[], countedTicks = 250): number => {
      const samples = new Int16Array(ticks.length * 6);
      for (const [i, tick] of ticks.entries()) samples[i * 6 + (tick < firstTick ? 0 : 2)] = G;
      const values = new Int32Array(FEATURE_FIELDS.length);
      extractor.extract(samples, values, { ticks: Uint8Array.from([...ticks, 7]), countedTicks });
      return values[featureIndex('tiltCosine')]!;
    };
    const from = (first: number, end: number): number[] =>
      Array.from({ length: end - first }, (_, i) => first + i);
    expect(turned(50, from(0, 250))).toBe(0);
    // One sample of each is enough, and what lies between counts for nothing.
    expect(turned(50, [49, ...from(60, 150), 200])).toBe(0);
    expect(turned(50, [49, 199])).toBe(16384);
    expect(turned(50, [50, 249])).toBe(16384);
    expect(turned(30, [10, 40], 75)).toBe(11584);
    expect(turned(30, [10], 75)).toBe(16384);
  });

  it('gives the same for a whole slot, told by ticks or not', () => {
    const places = { ticks: Uint8Array.from({ length: 255 }, (_, i) => i), countedTicks: 0 };
    for (const count of [1, 2, 25, 49, 50, 51, 75, 99, 100, 101, 250, 255]) {
      const samples = slotOf((_, s, i) => 9000 * Math.sin(s + (i % 7)), count);
      const told = new Int32Array(FEATURE_FIELDS.length);
      const untold = new Int32Array(FEATURE_FIELDS.length);
      extractor.extract(samples, told, { ...places, countedTicks: count });
      extractor.extract(samples, untold);
      expect(told).toEqual(untold);
    }
  });

  it('depends on nothing but its slot', () => {
    const quiet = slotOf((axis, _, i) => (axis === 2 ? G : 0) + 5 * normal(1, 1, i, axis));
    const before = featuresOf(quiet);
    featuresOf(slotOf((_, s) => 30_000 * Math.sin(9 * s)));
    expect(featuresOf(quiet)).toEqual(before);
  });

  it('gives zeros without samples, and refuses half a sample and more than a byte can count', () => {
    expect(new Set(Object.values(featuresOf(new Int16Array(0))))).toEqual(new Set([0]));
    expect(() => featuresOf(new Int16Array(7))).toThrow('whole samples');
    expect(() => featuresOf(new Int16Array(256 * 6))).toThrow('at most 255');
  });
});

describe('its arithmetic', () => {
  it('has the coefficients that its formula gives', () => {
    for (const band of BANDS) {
      const exact = exactCoefficients(band.fromHz, band.toHz);
      for (const key of ['b', 'a1', 'a2'] as const) expect(band[key]).toBe(Math.round(exact[key] * 16384));
    }
  });

  it('takes logarithms within 2 units', () => {
    const whole = fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 47n }).map(Number));
    fc.assert(
      fc.property(whole, (energy) => {
        const error = log2Fixed(energy) - 256 * Math.log2(1 + energy);
        expect(error).toBeLessThanOrEqual(0.5);
        expect(error).toBeGreaterThanOrEqual(-2);
      }),
    );
    expect([0, 1, 3, 255, 2 ** 40 - 1].map(log2Fixed)).toEqual([0, 256, 512, 2048, 10_240]);
  });

  it('takes roots that are floored', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffffffff }), (value) => {
        const root = BigInt(isqrt(value));
        expect(root * root <= BigInt(value) && (root + 1n) * (root + 1n) > BigInt(value)).toBe(true);
      }),
    );
    for (const root of [1, 2, 46_340, 65_535])
      expect([isqrt(root * root - 1), isqrt(root * root)]).toEqual([root - 1, root]);
  });

  it('names features that exist', () => {
    for (const { name } of BANDS) expect(featureIndex(`gyro${name}Log2`)).toBeGreaterThan(0);
  });
});
