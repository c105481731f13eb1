/** More than wearables measure (200 g: ADXL375) and people do; beyond it a value is broken, or of another unit. */
export const ACCEL_MOST_G = 200;
/** The same of rotation (4000 deg/s: ICM-20649). */
export const ROTATION_MOST_DPS = 4000;
/** A body at rest or on its way is at about 1 g in the median; another unit is wrong by 10 at least. */
export const MEDIAN_G = { least: 0.5, most: 2 };

/** So far from 1 g the acceleration is of something that is shaken or swung, and that also turns. */
const SHAKEN_G = 0.3;
/** So many of such samples, 5 s of them, before anything is said about rotation. */
const SHAKEN_LEAST = 250;
/**
 * What is shaken turns faster than this in one of twenty samples: the wrist of the ParaDigMa excerpt at 382 deg/s. The same
 * movement in rad/s, taken for deg/s, comes to 6.7.
 */
const ROTATION_LEAST_DPS = 15;

type Axes = readonly { readonly length: number; readonly [index: number]: number }[];

/** Median length of the acceleration, in the unit of the axes. */
export function medianLength(axes: Axes): number {
  const lengths = Float64Array.from({ length: axes[0]!.length }, (_, i) => lengthAt(axes, i)).sort();
  return lengths[lengths.length >> 1] ?? Number.NaN;
}

/** Acceleration in g, rotation in deg/s. The 95th percentile of the rotation while it is shaken, where that is too little to be true. */
export function rotationTooSmallDps(accel: Axes, gyro: Axes): number | undefined {
  const shaken: number[] = [];
  for (let i = 0; i < accel[0]!.length; i++)
    if (Math.abs(lengthAt(accel, i) - 1) > SHAKEN_G) shaken.push(lengthAt(gyro, i));
  if (shaken.length < SHAKEN_LEAST) return undefined;
  const most = shaken.sort((one, other) => one - other)[Math.floor(0.95 * shaken.length)]!;
  return most < ROTATION_LEAST_DPS ? most : undefined;
}

function lengthAt([x, y, z]: Axes, i: number): number {
  return Math.hypot(x![i]!, y![i]!, z![i]!);
}
