import { hash32, normal, uniform } from '@gaitway/contract';
import { SECONDS_PER_SAMPLE } from './motion-buffer.ts';

/**
 * Standard normal numbers, drawn once: a signal takes thousands, and each costs two hashes, a root, a logarithm and a
 * cosine. Who takes from the table walks through it from a place of their own in steps of their own, so that two
 * walks meet at single numbers and not at stretches of them.
 */
const TABLE_SIZE = 1 << 15;
const TABLE_SEED = 0x6e756d62;
let table: Float64Array | undefined;

function normals(): Float64Array {
  table ??= Float64Array.from({ length: TABLE_SIZE }, (_, i) => normal(TABLE_SEED, i));
  return table;
}

/** White noise of standard deviation 1: a pure function of what it was made with and of how often it was asked. */
export class WhiteNoise {
  readonly from: Float64Array;
  readonly step: number;
  at: number;

  constructor(seed: number, stream: number, sub: number) {
    this.from = normals();
    this.at = hash32(seed, stream, sub, 1) & (TABLE_SIZE - 1);
    // An odd step walks through the whole table before it repeats.
    this.step = (hash32(seed, stream, sub, 2) & (TABLE_SIZE - 1)) | 1;
  }

  next(): number {
    this.at = (this.at + this.step) & (TABLE_SIZE - 1);
    return this.from[this.at]!;
  }
}

/** An Ornstein-Uhlenbeck process: noise of standard deviation `sd` that forgets itself in `tauSeconds`. Exact update. */
export class Drift {
  private value: number;
  private readonly keep: number;
  private readonly add: number;
  private readonly noise: WhiteNoise;

  constructor(seed: number, stream: number, sub: number, sd: number, tauSeconds: number) {
    this.noise = new WhiteNoise(seed, stream, sub);
    this.keep = Math.exp(-SECONDS_PER_SAMPLE / tauSeconds);
    this.add = sd * Math.sqrt(1 - this.keep * this.keep);
    this.value = sd * this.noise.next();
  }

  next(): number {
    this.value = this.keep * this.value + this.add * this.noise.next();
    return this.value;
  }

  /**
   * Adds a value to each sample of one of the six axes in `values`, from `fromSample` on; with a `share` for each sample,
   * so much of it. What `next` would give one by one, at a third of its cost: nothing goes through memory but the sum.
   */
  addTo(values: Float64Array, axis: number, fromSample = 0, share?: Float64Array): void {
    const { keep, add } = this;
    const { from, step } = this.noise;
    let { at } = this.noise;
    let { value } = this;
    for (let place = 6 * fromSample + axis, sample = fromSample; place < values.length; place += 6) {
      at = (at + step) & (TABLE_SIZE - 1);
      value = keep * value + add * from[at]!;
      values[place]! += share === undefined ? value : share[sample++]! * value;
    }
    this.noise.at = at;
    this.value = value;
  }
}

export type Direction = readonly [x: number, y: number, z: number];

/** A direction, every one as likely. */
export function randomDirection(seed: number, stream: number, sub: number): Direction {
  const z = 2 * uniform(seed, stream, 0, sub) - 1;
  const angle = 2 * Math.PI * uniform(seed, stream, 1, sub);
  const flat = Math.sqrt(1 - z * z);
  return [flat * Math.cos(angle), flat * Math.sin(angle), z];
}
