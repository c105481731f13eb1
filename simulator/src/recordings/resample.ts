import { SAMPLE_RATE_HZ } from '@gaitway/contract';

/**
 * Where the low-pass has half of its amplitude left, Hz: that of the sensor's own filter, which a device with an
 * MPU-6050 runs before it samples at 50 Hz (DLPF 4: 21 Hz; register map, register 26).
 */
const CUT_OFF_HZ = 21;
/**
 * Half the length of the filter, s. A Blackman window of 0.8 s has a transition of 5.5 / 0.8 = 7 Hz: from 17.5 Hz to
 * 24.5 Hz, so that what lies above the new 25 Hz is 74 dB down and nothing of it is folded into the bands below 8 Hz.
 */
const HALF_SECONDS = 0.4;

/** Value of the filter at a distance of `seconds`: sinc below a Blackman window (Harris, Proc. IEEE 66, 1978). */
export function filterAt(seconds: number): number {
  if (Math.abs(seconds) >= HALF_SECONDS) return 0;
  const turns = 2 * Math.PI * CUT_OFF_HZ * seconds;
  const sinc = turns === 0 ? 1 : Math.sin(turns) / turns;
  const place = (Math.PI * seconds) / HALF_SECONDS;
  return sinc * (0.42 + 0.5 * Math.cos(place) + 0.08 * Math.cos(2 * place));
}

/** Samples at 50 Hz; where `present` is 0 there was nothing to make one from. */
export interface Resampled {
  startMs: number;
  axes: Float64Array[];
  present: Uint8Array;
  /** For each sample, the index of the input sample that lies next to it. */
  nearest: Int32Array;
}

/**
 * Axes that were sampled at any moments, at 50 Hz: each new sample is the mean of those within 0.4 s, weighed by a
 * windowed sinc of their true distances, so that a rate that is no multiple and a clock that jitters need no other
 * treatment. `gaps`: pauses, over which nothing is spread; new samples inside of one are missing.
 */
export function resampleTo50Hz(
  timesMs: Float64Array,
  axes: readonly Float64Array[],
  gaps: readonly { fromMs: number; toMs: number }[],
): Resampled {
  const stepMs = 1000 / SAMPLE_RATE_HZ;
  const startMs = timesMs[0]!;
  const count = Math.floor((timesMs.at(-1)! - startMs) / stepMs) + 1;
  const resampled = axes.map(() => new Float64Array(count));
  const present = new Uint8Array(count);
  const nearest = new Int32Array(count);
  let gap = 0;
  let from = 0;
  let next = 0;
  for (let k = 0; k < count; k++) {
    const atMs = startMs + k * stepMs;
    while (gap < gaps.length && gaps[gap]!.toMs <= atMs) gap++;
    while (
      next < timesMs.length - 1 &&
      Math.abs(timesMs[next + 1]! - atMs) <= Math.abs(timesMs[next]! - atMs)
    )
      next++;
    nearest[k] = next;
    const inGap = gap < gaps.length && gaps[gap]!.fromMs < atMs;
    if (inGap) continue;
    // Neither the pause before nor the one behind is reached over.
    const leastMs = Math.max(atMs - 1000 * HALF_SECONDS, gap > 0 ? gaps[gap - 1]!.toMs : startMs);
    const mostMs = Math.min(atMs + 1000 * HALF_SECONDS, gaps[gap]?.fromMs ?? Number.POSITIVE_INFINITY);
    while (timesMs[from]! < leastMs) from++;
    let weights = 0;
    for (let i = from; i < timesMs.length && timesMs[i]! <= mostMs; i++) {
      const weight = filterAt((timesMs[i]! - atMs) / 1000);
      weights += weight;
      for (let axis = 0; axis < axes.length; axis++) resampled[axis]![k]! += weight * axes[axis]![i]!;
    }
    for (const axis of resampled) axis[k]! /= weights;
    present[k] = 1;
  }
  return { startMs, axes: resampled, present, nearest };
}
