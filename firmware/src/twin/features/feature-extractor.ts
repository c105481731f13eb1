import { AXES, type FeatureValues, featureIndex, SAMPLE_RATE_HZ } from '@gaitway/contract';
import { bandEnergy } from './band-energy.ts';
import { BANDS } from './bands.ts';
import { halvingsAt } from './energy-weights.ts';
import { isqrt } from './isqrt.ts';
import { log2Fixed } from './log2.ts';
import { StepCounter } from './step-counter.ts';
import { tiltCosine } from './tilt.ts';

const STRIDE = AXES.length;
/** The count of samples is one byte on the wire: of a longer slot the first so many ticks count. */
export const SAMPLES_MAX = 255;

/** Where the samples of a slot lie that has lost some. */
export interface SlotPlaces {
  /** The tick of each sample within the slot, from 0, growing. */
  ticks: Uint8Array;
  /** How many ticks of the slot count, at most {@link SAMPLES_MAX}. */
  countedTicks: number;
}

const SAMPLE_COUNT = featureIndex('sampleCount');
const STEPS = featureIndex('steps');
const AXIS_AT = AXES.map((axis) => featureIndex(`${axis}Mean`));
const ACCEL_BAND_AT = BANDS.map(({ name }) => featureIndex(`accel${name}Log2`));
const GYRO_BAND_AT = BANDS.map(({ name }) => featureIndex(`gyro${name}Log2`));
const MAGNITUDE_MIN = featureIndex('accelMagnitudeMin');
const MAGNITUDE_MAX = featureIndex('accelMagnitudeMax');
const TILT = featureIndex('tiltCosine');

/**
 * The features of a slot as an ATmega328P computes them: integers only. Samples are 16 bits, sums 32 bits,
 * sums of squares 64 bits; division cuts towards zero and roots are floored, as in C.
 * Energies, roots and tilt agree with real arithmetic within what `feature-extractor.test.ts` says.
 */
export class FeatureExtractor {
  private readonly stepCounter: StepCounter;
  private readonly halvings = new Uint8Array(SAMPLES_MAX);

  /** `accelRange` as in the frame header: the step counter's threshold is in g. */
  constructor(accelRange: number) {
    this.stepCounter = new StepCounter(accelRange);
  }

  /**
   * `samples`: accelX, accelY, accelZ, gyroX, gyroY, gyroZ of one sample after the other, raw counts, at most
   * 255 samples. Writes one value per row of `FEATURE_FIELDS`; without an optical sensor the heart's are 0, and without
   * any sample all are. Without `places` none is missing: they are those of the slot's ticks from the first one on.
   */
  extract(samples: Int16Array, into: FeatureValues, places?: SlotPlaces): void {
    const count = samples.length / STRIDE;
    if (!Number.isInteger(count) || count > SAMPLES_MAX) {
      throw new RangeError(
        `a slot has whole samples of ${STRIDE} values, at most ${SAMPLES_MAX}: not ${count}`,
      );
    }
    into.fill(0);
    if (count === 0) return;
    into[SAMPLE_COUNT] = count;
    for (let axis = 0; axis < STRIDE; axis++) this.axisStatistics(samples, axis, count, into);
    const { halvings } = this;
    for (let i = 0; i < count; i++) {
      halvings[i] = places ? halvingsAt(places.ticks[i]!, places.countedTicks) : halvingsAt(i, count);
    }
    for (let i = 0; i < BANDS.length; i++) {
      const band = BANDS[i]!;
      let accel = 0;
      let gyro = 0;
      for (let axis = 0; axis < 3; axis++) {
        accel += bandEnergy(samples, axis, STRIDE, band, halvings);
        gyro += bandEnergy(samples, axis + 3, STRIDE, band);
      }
      into[ACCEL_BAND_AT[i]!] = log2Fixed(accel);
      into[GYRO_BAND_AT[i]!] = log2Fixed(gyro);
    }
    this.magnitudes(samples, into);
    const whole = Math.min(SAMPLE_RATE_HZ, count);
    into[TILT] =
      places === undefined
        ? tiltCosine(samples, STRIDE, whole, whole)
        : tiltCosine(samples, STRIDE, inFirstSecond(places, count), inLastSecond(places, count));
  }

  private axisStatistics(samples: Int16Array, axis: number, count: number, into: FeatureValues): void {
    let sum = 0;
    let squares = 0;
    let min = 32767;
    let max = -32768;
    for (let at = axis; at < samples.length; at += STRIDE) {
      const value = samples[at]!;
      sum += value;
      squares += value * value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    const at = AXIS_AT[axis]!;
    into[at] = Math.trunc(sum / count);
    into[at + 1] = isqrt(Math.floor(squares / count));
    into[at + 2] = min;
    into[at + 3] = max;
  }

  private magnitudes(samples: Int16Array, into: FeatureValues): void {
    const { stepCounter } = this;
    stepCounter.begin();
    let min = 65535;
    let max = 0;
    for (let at = 0; at < samples.length; at += STRIDE) {
      const x = samples[at]!;
      const y = samples[at + 1]!;
      const z = samples[at + 2]!;
      const magnitude = isqrt(x * x + y * y + z * z) >> 1;
      if (magnitude < min) min = magnitude;
      if (magnitude > max) max = magnitude;
      stepCounter.add(magnitude);
    }
    into[STEPS] = stepCounter.steps;
    into[MAGNITUDE_MIN] = min;
    into[MAGNITUDE_MAX] = max;
  }
}

/** How many of the first `count` samples lie in the slot's ticks 0 to 49. */
function inFirstSecond({ ticks }: SlotPlaces, count: number): number {
  let found = 0;
  while (found < count && ticks[found]! < SAMPLE_RATE_HZ) found++;
  return found;
}

/** How many of them lie in the last 50 ticks that count. */
function inLastSecond({ ticks, countedTicks }: SlotPlaces, count: number): number {
  let found = 0;
  while (found < count && ticks[count - 1 - found]! >= countedTicks - SAMPLE_RATE_HZ) found++;
  return found;
}
