import { SAMPLE_RATE_HZ } from '@gaitway/contract';

export const SECONDS_PER_SAMPLE = 1 / SAMPLE_RATE_HZ;

/** What the sensor would feel, before it errs: three accelerations in g and three rotations in deg/s a sample. */
export class MotionBuffer {
  readonly samples: number;
  readonly values: Float64Array;

  constructor(samples: number) {
    this.samples = samples;
    this.values = new Float64Array(samples * 6);
  }

  /** Adds `amount` along `direction` to the acceleration of one sample. */
  accelerate(sample: number, direction: readonly number[], amount: number): void {
    for (let axis = 0; axis < 3; axis++) this.values[sample * 6 + axis]! += direction[axis]! * amount;
  }

  /** Adds `amount` around `direction` to the rotation of one sample. */
  rotate(sample: number, direction: readonly number[], amount: number): void {
    for (let axis = 0; axis < 3; axis++) this.values[sample * 6 + 3 + axis]! += direction[axis]! * amount;
  }
}
