import { FrameFlag, SAMPLE_RATE_HZ, SLOT_MS_DEFAULT } from '@gaitway/contract';
import { RANGES_DEFAULT } from '../patients/readings.ts';
import type { Recording } from './recording.ts';
import { resampleTo50Hz } from './resample.ts';

const AXES = 6;
export const SLOT_SAMPLES = (SLOT_MS_DEFAULT * SAMPLE_RATE_HZ) / 1000;

/** Counts per g and per deg/s of an MPU-6050 in the ranges of our devices (data sheet 3.4: 16384 and 131 in the least). */
export const COUNTS_PER_G = 16_384 / 2 ** RANGES_DEFAULT.accelRange;
export const COUNTS_PER_DPS = 131 / 2 ** RANGES_DEFAULT.gyroRange;

/** Five seconds of a recording as a device would have sampled them. */
export interface RecordingSlot {
  startMs: number;
  endMs: number;
  /** Six axes of each sample, counts; only samples that are there. */
  samples: Int16Array;
  /** The tick of each sample within the slot. */
  ticks: Uint8Array;
  flags: number;
  /** Index in the recording of the input sample next to each sample. */
  nearest: Int32Array;
}

/**
 * Cuts a recording into slots of 5 s, without overlap, from its first sample on; the rest at the end is left out.
 * Samples are resampled to 50 Hz and rounded to the counts of a device's sensor; without a gyroscope its axes are 0.
 */
export function slotsOf({ timesMs, accel, gyro, gaps }: Recording): RecordingSlot[] {
  const resampled = resampleTo50Hz(timesMs, [...accel, ...gyro], gaps);
  const slots: RecordingSlot[] = [];
  for (let first = 0; first + SLOT_SAMPLES <= resampled.present.length; first += SLOT_SAMPLES) {
    const startMs = resampled.startMs + (first * 1000) / SAMPLE_RATE_HZ;
    const ticks: number[] = [];
    for (let tick = 0; tick < SLOT_SAMPLES; tick++) if (resampled.present[first + tick]) ticks.push(tick);
    const samples = new Int16Array(AXES * ticks.length);
    let saturated = false;
    for (const [i, tick] of ticks.entries()) {
      for (let axis = 0; axis < resampled.axes.length; axis++) {
        const exact = resampled.axes[axis]![first + tick]! * (axis < 3 ? COUNTS_PER_G : COUNTS_PER_DPS);
        const counts = Math.max(-32_768, Math.min(32_767, Math.round(exact)));
        if (counts === 32_767 || counts === -32_768) saturated = true;
        samples[AXES * i + axis] = counts;
      }
    }
    const gap = ticks.length < SLOT_SAMPLES;
    slots.push({
      startMs,
      endMs: startMs + SLOT_MS_DEFAULT,
      samples,
      ticks: Uint8Array.from(ticks),
      flags: (gap ? FrameFlag.gap : 0) | (saturated ? FrameFlag.saturated : 0),
      nearest: Int32Array.from(ticks, (tick) => resampled.nearest[first + tick]!),
    });
  }
  return slots;
}
