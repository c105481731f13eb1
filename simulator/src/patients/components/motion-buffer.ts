import { SAMPLE_RATE_HZ } from '@gaitway/contract';

export const SECONDS_PER_SAMPLE = 1 / SAMPLE_RATE_HZ;
const RADIANS = Math.PI / 180;

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
    const { values } = this;
    const at = sample * 6;
    values[at]! += direction[0]! * amount;
    values[at + 1]! += direction[1]! * amount;
    values[at + 2]! += direction[2]! * amount;
  }

  /** Adds `amount` around `direction` to the rotation of one sample. */
  rotate(sample: number, direction: readonly number[], amount: number): void {
    const { values } = this;
    const at = sample * 6 + 3;
    values[at]! += direction[0]! * amount;
    values[at + 1]! += direction[1]! * amount;
    values[at + 2]! += direction[2]! * amount;
  }

  /**
   * Adds 1 g upwards, which lies along `up` in the first sample and then turns as the rotations say: what stands still in
   * the world is seen turning the other way, v' = -w x v.
   */
  addGravity(up: readonly number[]): void {
    const { values, samples } = this;
    let [x, y, z] = up as [number, number, number];
    const factor = RADIANS * SECONDS_PER_SAMPLE;
    for (let at = 0; at < samples * 6; at += 6) {
      values[at]! += x;
      values[at + 1]! += y;
      values[at + 2]! += z;
      const a = values[at + 3]! * factor;
      const b = values[at + 4]! * factor;
      const c = values[at + 5]! * factor;
      const [dx, dy, dz] = [b * z - c * y, c * x - a * z, a * y - b * x];
      x -= dx;
      y -= dy;
      z -= dz;
      const length = Math.sqrt(x * x + y * y + z * z);
      x /= length;
      y /= length;
      z /= length;
    }
  }
}
