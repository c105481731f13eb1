import { FrameFlag, type FrameHeader, featureIndex, Placement, SAMPLE_RATE_HZ } from '@gaitway/contract';

/** Why a slot cannot be scored. */
export const SLOT_FAULTS = {
  placement: 'the models of this version know wrists only',
  not_worn: 'the device was not worn',
  gap: 'more than a tenth of the samples is missing',
  too_short: 'a slot of less than 2 s holds too few strides and tremor cycles',
} as const;
export type SlotFault = keyof typeof SLOT_FAULTS;

/** What the models look at, in units that do not depend on the sensor's ranges or the slot's length. */
export interface SignalFeatures {
  fault: SlotFault | null;
  /** Gyroscope: log2 of the power in 3.5-7.5 Hz over that in 0.5-3 Hz. */
  gyroTremorToLocomotion: number;
  /** By how many octaves the gyroscope's power in 0.5-3 Hz passes 50 (deg/s)^2, the "arm at rest" limit; 0 below. */
  gyroMovement: number;
  /** log2 of the power in 0.5-3 Hz of the accelerometer, g^2, over that of the gyroscope, (deg/s)^2. */
  accelToGyroLocomotion: number;
  /** How far the steps a second are from the median of walking. */
  stepsOffCadence: number;
  /** log2 of the standard deviation of the rotation, deg/s. */
  armSwing: number;
}

/** Of ParaDigMa's rest-tremor pipeline: below this power in 0.5-3 Hz, (deg/s)^2, the arm is at rest. */
const ARM_AT_REST_LOG2 = Math.log2(50);
/** Median steps a second of people who walk freely (sustained harmonic walking, PMC5875188). */
const STEPS_PER_SECOND_USUAL = 1.7;
const SLOT_MS_MIN = 2000;
const SAMPLES_SHARE_MIN = 0.9;

const SAMPLE_COUNT = featureIndex('sampleCount');
const STEPS = featureIndex('steps');
const ACCEL_LOCOMOTION = featureIndex('accelLocomotionLog2');
const GYRO_LOCOMOTION = featureIndex('gyroLocomotionLog2');
const GYRO_TREMOR = featureIndex('gyroTremorLog2');
const GYRO_MEAN = (['gyroXMean', 'gyroYMean', 'gyroZMean'] as const).map(featureIndex);
const GYRO_RMS = (['gyroXRms', 'gyroYRms', 'gyroZRms'] as const).map(featureIndex);

const LOG2 = Float64Array.from({ length: 256 }, (_, n) => Math.log2(Math.max(1, n)));
/** log2 of counts^2 per g^2 and per (deg/s)^2, by range (MPU-6050). */
const ACCEL_SCALE_LOG2 = [0, 1, 2, 3].map((range) => 2 * Math.log2(16_384 / 2 ** range));
const GYRO_SCALE_LOG2 = [0, 1, 2, 3].map((range) => 2 * Math.log2(131 / 2 ** range));

export function emptySignalFeatures(): SignalFeatures {
  return {
    fault: null,
    gyroTremorToLocomotion: 0,
    gyroMovement: 0,
    accelToGyroLocomotion: 0,
    stepsOffCadence: 0,
    armSwing: 0,
  };
}

type Header = Pick<FrameHeader, 'flags' | 'placement' | 'accelRange' | 'gyroRange' | 'slotMs'>;

function faultOf(sampleCount: number, header: Header): SlotFault | null {
  if (header.placement !== Placement.wrist) return 'placement';
  if (header.flags & FrameFlag.offWrist) return 'not_worn';
  if (header.slotMs < SLOT_MS_MIN) return 'too_short';
  const expected = Math.min(255, (header.slotMs * SAMPLE_RATE_HZ) / 1000);
  return sampleCount < SAMPLES_SHARE_MIN * expected ? 'gap' : null;
}

/** Reads the features that the models use out of a reading's values, without allocating. */
export function readSignalFeatures(values: ArrayLike<number>, header: Header, into: SignalFeatures): void {
  const count = values[SAMPLE_COUNT]! & 0xff;
  into.fault = faultOf(count, header);
  if (into.fault !== null) return;
  const gyroScale = GYRO_SCALE_LOG2[header.gyroRange & 3]!;
  const tremor = values[GYRO_TREMOR]! / 256;
  const locomotion = values[GYRO_LOCOMOTION]! / 256 - gyroScale;
  const accelLocomotion = values[ACCEL_LOCOMOTION]! / 256 - ACCEL_SCALE_LOG2[header.accelRange & 3]!;
  into.gyroTremorToLocomotion = tremor - gyroScale - locomotion;
  into.gyroMovement = Math.max(0, locomotion - LOG2[count]! - ARM_AT_REST_LOG2);
  into.accelToGyroLocomotion = accelLocomotion - locomotion;
  into.stepsOffCadence = Math.abs((1000 * values[STEPS]!) / header.slotMs - STEPS_PER_SECOND_USUAL);
  let variance = 1;
  for (let axis = 0; axis < 3; axis++) {
    const rms = values[GYRO_RMS[axis]!]!;
    const mean = values[GYRO_MEAN[axis]!]!;
    variance += Math.max(0, rms * rms - mean * mean);
  }
  into.armSwing = (Math.log2(variance) - gyroScale) / 2;
}
