import { normal } from '@gaitway/contract';
import { PATIENT_STREAM } from '../traits.ts';
import type { MotionBuffer } from './motion-buffer.ts';

/** Counts per g at 2 g, and per deg/s at 250 deg/s; each step of range halves them (MPU-6050 data sheet, 3.4). */
const COUNTS_PER_G = 16_384;
const COUNTS_PER_DEG_PER_SECOND = 131;

/** Noise, offset and gain of the MPU-6050 (data sheet rev. 3.4, pages 12-13; research note, 2.1). */
const ACCEL_NOISE_G = 0.0022;
const ACCEL_OFFSET_G = 0.02;
const GYRO_NOISE_DEG_PER_SECOND = 0.05;
const GYRO_OFFSET_DEG_PER_SECOND = 1.5;
const GAIN_ERROR = 0.01;

export interface SensorRanges {
  accelRange: number;
  gyroRange: number;
}

/**
 * What the sensor gives for a motion: raw = clip16(round(S ((1 + gain error) signal + offset + noise))).
 * Gain and offset belong to the sensor (`sensorSeed`), noise to the take.
 */
export function measure(
  motion: MotionBuffer,
  seed: number,
  sensorSeed: number,
  ranges: SensorRanges,
  into: Int16Array,
): void {
  const { values, samples } = motion;
  const { sensor, noise } = PATIENT_STREAM;
  for (let axis = 0; axis < 6; axis++) {
    const isAccel = axis < 3;
    const scale = isAccel
      ? COUNTS_PER_G / 2 ** ranges.accelRange
      : COUNTS_PER_DEG_PER_SECOND / 2 ** ranges.gyroRange;
    const gain = 1 + GAIN_ERROR * normal(sensorSeed, sensor, axis, 0);
    const offset =
      (isAccel ? ACCEL_OFFSET_G : GYRO_OFFSET_DEG_PER_SECOND) * normal(sensorSeed, sensor, axis, 1);
    const noisy = isAccel ? ACCEL_NOISE_G : GYRO_NOISE_DEG_PER_SECOND;
    for (let sample = 0; sample < samples; sample++) {
      const at = sample * 6 + axis;
      const raw = Math.round(
        scale * (gain * values[at]! + offset + noisy * normal(seed, noise, sample, axis)),
      );
      into[at] = Math.max(-32768, Math.min(32767, raw));
    }
  }
}
