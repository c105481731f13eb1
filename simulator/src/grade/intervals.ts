import type { Share } from './confusion.ts';

/** From `low` to `high`, with a confidence of 95 %. */
export interface Interval {
  low: number;
  high: number;
}

/** Two-sided 95 % point of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval of a share (Wilson 1927; method 3 of Newcombe, Statistics in Medicine 17, 1998, 857-872).
 * Unlike the usual one it stays between 0 and 1 and holds with few cases. It takes the cases for independent of each
 * other; slots of one person are not, so it is narrower than the truth. `null` without cases.
 */
export function wilsonInterval({ matched, of }: Share): Interval | null {
  if (of === 0) return null;
  const share = matched / of;
  const middle = share + (Z * Z) / (2 * of);
  const half = Z * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  const whole = 1 + (Z * Z) / of;
  return { low: Math.max(0, (middle - half) / whole), high: Math.min(1, (middle + half) / whole) };
}

/**
 * Interval of an area under the curve from its standard error (Hanley and McNeil, Radiology 143, 1982, 29-36),
 * cut to 0 and 1. The same holds of it as of {@link wilsonInterval}. `null` when one of the classes is empty.
 */
export function areaInterval(area: number, positives: number, negatives: number): Interval | null {
  const error = areaStandardError(area, positives, negatives);
  if (error === null) return null;
  return { low: Math.max(0, area - Z * error), high: Math.min(1, area + Z * error) };
}

/** Hanley and McNeil's standard error of an area, which takes the scores for exponentially distributed. */
export function areaStandardError(area: number, positives: number, negatives: number): number | null {
  if (positives === 0 || negatives === 0) return null;
  const square = area * area;
  const twoPositives = area / (2 - area) - square;
  const twoNegatives = (2 * square) / (1 + area) - square;
  const variance =
    (area * (1 - area) + (positives - 1) * twoPositives + (negatives - 1) * twoNegatives) /
    (positives * negatives);
  return Math.sqrt(Math.max(0, variance));
}
