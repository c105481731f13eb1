/** A square that is halved so often is left out. */
export const WEIGHS_NOTHING = 3;

/**
 * How often the squares of the accelerometer's filters are halved: by eighths of the slot they weigh 0, 1/4, 1/2, 1, 1,
 * 1/2, 1/4, 0, 7/16 in the mean. A filter that begins at rest on the slot's first sample swings in, with what lies
 * between that sample and the mean, which looks like slow movement: weighed like this the ratio of two bands comes
 * as near to that of a Hann window's spectrum as filters of the second order can (docs/decisions/0010-freezing.md).
 *
 * `tick`: of the slot's `ticks`, from 0.
 */
export function halvingsAt(tick: number, ticks: number): number {
  const eighth = Math.trunc((8 * tick) / ticks);
  return eighth < 4 ? WEIGHS_NOTHING - eighth : eighth - (7 - WEIGHS_NOTHING);
}
