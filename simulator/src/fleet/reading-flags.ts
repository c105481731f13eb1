import { AXES, FrameFlag, featureIndex } from '@gaitway/contract';

const LEAST = Uint8Array.from(AXES, (axis) => featureIndex(`${axis}Min`));
const MOST = Uint8Array.from(AXES, (axis) => featureIndex(`${axis}Max`));

/** What the device says of a slot besides its features: whether a sample lay at the end of its range. */
export function readingFlags(values: ArrayLike<number>): number {
  for (let axis = 0; axis < LEAST.length; axis++) {
    if (values[LEAST[axis]!]! <= -32_768 || values[MOST[axis]!]! >= 32_767) return FrameFlag.saturated;
  }
  return 0;
}
