import { normal } from '@gaitway/contract';
import { PATIENT_STREAM } from '../traits.ts';
import type { MotionBuffer } from './motion-buffer.ts';
import { WhiteNoise } from './noise.ts';

/** Counts per g at 2 g, and per deg/s at 250 deg/s; each step of range halves them (MPU-6050 data sheet, 3.4). */
const COUNTS_PER_G = 16_384;
const COUNTS_PER_DEG_PER_SECOND = 131;

/**
 * Noise, offset, gain and cross-axis error of the MPU-6050 (data sheet rev. 3.4, pages 12-13; research note, 2.1). The limits of
 * the data sheet (offsets 50 mg, 80 mg upwards, 20 deg/s; gain 3 %; cross axis 2 %) are taken for two standard
 * deviations, of the rotation's offset for four, since a device that rests can subtract most of it.
 */
const ACCEL_NOISE_G = 0.0022;
const ACCEL_OFFSETS_G = [0.025, 0.025, 0.04] as const;
const GYRO_NOISE_DEG_PER_SECOND = 0.05;
const GYRO_OFFSET_DEG_PER_SECOND = 5;
const GAIN_ERROR = 0.015;
const CROSS_AXIS = 0.01;

export interface SensorRanges {
  accelRange: number;
  gyroRange: number;
}

/** Three rows of three: a rotation that any other is as likely as (a unit quaternion of four normal numbers, Shoemake 1992). */
function mountingOf(sensorSeed: number): number[] {
  let [w, x, y, z] = [0, 1, 2, 3].map((sub) => normal(sensorSeed, PATIENT_STREAM.sensor, 10, sub)) as [
    number,
    number,
    number,
    number,
  ];
  const length = Math.hypot(w, x, y, z);
  [w, x, y, z] = [w / length, x / length, y / length, z / length];
  return [
    ...[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    ...[2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    ...[2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ];
}

/** Gain and cross-axis error behind the mounting: what one of the two sensors makes of a vector in the limb's frame. */
function sensitivityOf(mounting: readonly number[], sensorSeed: number, first: number): number[] {
  const { sensor } = PATIENT_STREAM;
  const rows: number[] = [];
  for (let row = 0; row < 3; row++) {
    const gains = [0, 1, 2].map((column) =>
      row === column
        ? 1 + GAIN_ERROR * normal(sensorSeed, sensor, first + row, 0)
        : CROSS_AXIS * normal(sensorSeed, sensor, first + row, 2 + column),
    );
    for (let column = 0; column < 3; column++) {
      rows.push(gains.reduce((sum, gain, k) => sum + gain * mounting[3 * k + column]!, 0));
    }
  }
  return rows;
}

/** What belongs to a sensor and to none of its takes: three rows of gains, and what each axis is off by, in units of its spread. */
interface Sensor {
  gains: readonly number[];
  offsets: readonly number[];
}

/** Of the accelerometer and of the gyroscope of each sensor: a pool has 32, and every take asks for one of them. */
const sensors = new Map<number, readonly [accel: Sensor, gyro: Sensor]>();
const SENSORS_MAX = 256;

function sensorOf(sensorSeed: number): readonly [accel: Sensor, gyro: Sensor] {
  const known = sensors.get(sensorSeed);
  if (known !== undefined) return known;
  const mounting = mountingOf(sensorSeed);
  const made = [0, 3].map((first) => ({
    gains: sensitivityOf(mounting, sensorSeed, first),
    offsets: [0, 1, 2].map((row) => normal(sensorSeed, PATIENT_STREAM.sensor, first + row, 1)),
  })) as unknown as readonly [Sensor, Sensor];
  if (sensors.size >= SENSORS_MAX) sensors.clear();
  sensors.set(sensorSeed, made);
  return made;
}

/**
 * What the sensor gives for a motion: raw = clip16(round(S (C R signal + offset + noise))), with R how the device is
 * strapped on, C its gain and cross-axis error, S counts per unit. All but the noise belong to the sensor (`sensorSeed`);
 * noise is the take's.
 */
export function measure(
  motion: MotionBuffer,
  seed: number,
  sensorSeed: number,
  ranges: SensorRanges,
  into: Int16Array,
): void {
  const { values } = motion;
  const both = sensorOf(sensorSeed);
  for (const first of [0, 3]) {
    const isAccel = first === 0;
    const scale = isAccel
      ? COUNTS_PER_G / 2 ** ranges.accelRange
      : COUNTS_PER_DEG_PER_SECOND / 2 ** ranges.gyroRange;
    const { gains, offsets } = both[isAccel ? 0 : 1];
    const noisy = scale * (isAccel ? ACCEL_NOISE_G : GYRO_NOISE_DEG_PER_SECOND);
    for (let row = 0; row < 3; row++) {
      const spread = isAccel ? ACCEL_OFFSETS_G[row]! : GYRO_OFFSET_DEG_PER_SECOND;
      const offset = scale * spread * offsets[row]!;
      const a = scale * gains[3 * row]!;
      const b = scale * gains[3 * row + 1]!;
      const c = scale * gains[3 * row + 2]!;
      const white = new WhiteNoise(seed, PATIENT_STREAM.noise, first + row);
      const { from, step } = white;
      let place = white.at;
      for (let at = first; at < values.length; at += 6) {
        place = (place + step) & (from.length - 1);
        const exact =
          a * values[at]! + b * values[at + 1]! + c * values[at + 2]! + offset + noisy * from[place]!;
        const below = Math.floor(exact);
        // What Math.round gives, without a branch that is guessed wrong every other time.
        const raw = below + Math.floor(2 * (exact - below));
        into[at + row] = raw > 32767 ? 32767 : raw < -32768 ? -32768 : raw;
      }
    }
  }
}
