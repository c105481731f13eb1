import { featureIndex, SAMPLE_RATE_HZ } from '@gaitway/contract';
import { fourierFreeze } from '../grade/fourier-freeze-index.ts';

/** Of samples in a row, six axes each: three of acceleration come first. */
const AXES = 6;
/** A blow of so much is a fall to a detector that looks at nothing else. */
const BLOW_G = 3;
const GYRO_TREMOR = featureIndex('gyroTremorLog2');
/** The field holds log2 in 256ths: so that all of it fits into 0 to 1000, in 16ths. */
const GYRO_TREMOR_STEPS = 16;
/** The published index above 1.5 is a freeze; it becomes a score of more than 500, and an octave moves it by 50. */
const INDEX_MIN = 1.5;
const EVEN = 500;
const PER_OCTAVE = 50;

type Values = Readonly<ArrayLike<number>>;

/** The power of the gyroscope in the tremor's band alone, in 16ths of an octave: how a tremor is told with one feature. */
export function tremorBandScore(values: Values): number {
  return Math.min(1000, Math.max(0, Math.round(values[GYRO_TREMOR]! / GYRO_TREMOR_STEPS)));
}

/**
 * What stands beside the models: methods that fit nothing. Samples are dear to make, and slots that share them share their
 * values as an object: what was found of one is kept by that. `samples` must give those that the values were made of.
 */
export class PlainMethods {
  private readonly countsPerG: number;
  private readonly freezes = new WeakMap<object, number>();
  private readonly blows = new WeakMap<object, number | null>();

  constructor(countsPerG: number) {
    this.countsPerG = countsPerG;
  }

  /** The published freeze index by Fourier transform of the raw samples, 0 to 1000; above 500 it is a freeze. */
  freezingOf(values: Values, samples: () => Int16Array): number {
    let score = this.freezes.get(values);
    if (score === undefined) {
      score = scoreOfIndex(fourierFreeze(samples(), this.countsPerG));
      this.freezes.set(values, score);
    }
    return score;
  }

  /** When the acceleration first passes 3 g, ms from the slot's start; `null`: it does not. */
  blowMsOf(values: Values, samples: () => Int16Array): number | null {
    let blowMs = this.blows.get(values);
    if (blowMs === undefined) {
      blowMs = this.firstBlowMs(samples());
      this.blows.set(values, blowMs);
    }
    return blowMs;
  }

  private firstBlowMs(samples: Int16Array): number | null {
    const least = (BLOW_G * this.countsPerG) ** 2;
    for (let at = 0; at < samples.length; at += AXES) {
      const squares = samples[at]! ** 2 + samples[at + 1]! ** 2 + samples[at + 2]! ** 2;
      if (squares > least) return ((at / AXES) * 1000) / SAMPLE_RATE_HZ;
    }
    return null;
  }
}

/** Rounding must not move an answer over the threshold. */
function scoreOfIndex({ score, positive }: ReturnType<typeof fourierFreeze>): number {
  if (score <= 0) return 0;
  const scaled = Math.round(EVEN + PER_OCTAVE * Math.log2(score / INDEX_MIN));
  return positive ? Math.min(1000, Math.max(EVEN + 1, scaled)) : Math.min(EVEN, Math.max(0, scaled));
}
