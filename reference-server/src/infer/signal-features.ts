import {
  ACCEL_ENERGY_WEIGHT,
  FrameFlag,
  type FrameHeader,
  featureIndex,
  SAMPLE_RATE_HZ,
} from '@gaitway/contract';

/** Why a slot cannot be scored, whatever the placement. */
export const SLOT_FAULTS = {
  not_worn: 'the device was not worn',
  gap: 'more than a tenth of the samples is missing',
  too_short: 'a slot of less than 2 s holds too few strides and tremor cycles',
} as const;
export type SlotFault = keyof typeof SLOT_FAULTS;

/**
 * What models look at, in units that do not depend on the sensor's ranges or the slot's length. Powers are means over
 * the slot, summed over the three axes, so that nothing depends on how the device is turned.
 *
 * - `gyroTremorToLocomotion`: gyroscope, log2 of the power in 3.5-7.5 Hz over that in 0.5-3 Hz.
 * - `gyroMovement`: by how many octaves the gyroscope's power in 0.5-3 Hz passes 50 (deg/s)^2, below which an arm is at
 *   rest (ParaDigMa; Timmermans 2025, doi 10.1038/s41531-025-01056-2); 0 below.
 * - `accelToGyroLocomotion`: log2 of the power in 0.5-3 Hz of the accelerometer, g^2, over that of the gyroscope, (deg/s)^2.
 * - `stepsOffCadence`: how far the steps a second are from the median of walking.
 * - `armSwing`: log2 of the standard deviation of the rotation, deg/s.
 * - `freezeIndex`: log2 of Moore's freeze index (2008): accelerometer, power in 3-8 Hz over that in 0.5-3 Hz.
 * - `accelStillness`: by how many octaves the accelerometer's power in 0.5-8 Hz lies below 0.01 g^2; 0 above. Standing is
 *   white noise, whose freeze index is high: a power threshold keeps it out (Bächlin 2010).
 * - `accelLocomotion`: log2 of the accelerometer's power in 0.5-3 Hz, g^2.
 * - `gyroTremor`: log2 of the gyroscope's power in 3.5-7.5 Hz, (deg/s)^2.
 * - `gyroStillness`: by how many octaves the gyroscope's power in 3.5-7.5 Hz lies below 1 (deg/s)^2; 0 above. At 5 Hz that
 *   is a hand that swings by 0.05 degrees to either side, 0.03 cm at the finger tips: no eye sees it (a rating of -1.5 by
 *   Elble 2006, see `tremor-rating.ts`), and a hand that sleeps has such noise.
 */
export const SIGNAL_FEATURES = [
  'gyroTremorToLocomotion',
  'gyroMovement',
  'accelToGyroLocomotion',
  'stepsOffCadence',
  'armSwing',
  'freezeIndex',
  'accelStillness',
  'accelLocomotion',
  'gyroTremor',
  'gyroStillness',
] as const;
export type SignalFeature = (typeof SIGNAL_FEATURES)[number];

export function signalFeatureIndex(name: SignalFeature): number {
  return SIGNAL_FEATURES.indexOf(name);
}

/** One slot as the models see it. */
export interface SignalFeatures {
  fault: SlotFault | null;
  /** As in the frame's header. */
  placement: number;
  /** One per row of {@link SIGNAL_FEATURES}; of a slot with a fault they are those of the slot before. */
  readonly values: Float64Array;
}

const ARM_AT_REST_LOG2 = Math.log2(50);
const TREMOR_UNSEEN_LOG2 = Math.log2(1);
const LEG_STANDS_LOG2 = Math.log2(0.01);
/** Median steps a second of people who walk freely (sustained harmonic walking, PMC5875188). */
const STEPS_PER_SECOND_USUAL = 1.7;
const ACCEL_WEIGHT_LOG2 = Math.log2(ACCEL_ENERGY_WEIGHT);
const SLOT_MS_MIN = 2000;
const SAMPLES_SHARE_MIN = 0.9;

const SAMPLE_COUNT = featureIndex('sampleCount');
const STEPS = featureIndex('steps');
const ACCEL_LOCOMOTION = featureIndex('accelLocomotionLog2');
const ACCEL_FREEZE = featureIndex('accelFreezeLog2');
const GYRO_LOCOMOTION = featureIndex('gyroLocomotionLog2');
const GYRO_TREMOR = featureIndex('gyroTremorLog2');
const GYRO_MEAN = (['gyroXMean', 'gyroYMean', 'gyroZMean'] as const).map(featureIndex);
const GYRO_RMS = (['gyroXRms', 'gyroYRms', 'gyroZRms'] as const).map(featureIndex);

const LOG2 = Float64Array.from({ length: 256 }, (_, n) => Math.log2(Math.max(1, n)));
/** log2 of counts^2 per g^2 and per (deg/s)^2, by range (MPU-6050). */
const ACCEL_SCALE_LOG2 = [0, 1, 2, 3].map((range) => 2 * Math.log2(16_384 / 2 ** range));
const GYRO_SCALE_LOG2 = [0, 1, 2, 3].map((range) => 2 * Math.log2(131 / 2 ** range));

export function emptySignalFeatures(): SignalFeatures {
  return { fault: null, placement: 0, values: new Float64Array(SIGNAL_FEATURES.length) };
}

/** What of a frame's header a model needs. */
export type ReadingHeader = Pick<FrameHeader, 'flags' | 'placement' | 'accelRange' | 'gyroRange' | 'slotMs'>;

function faultOf(sampleCount: number, header: ReadingHeader): SlotFault | null {
  if (header.flags & FrameFlag.offWrist) return 'not_worn';
  if (header.slotMs < SLOT_MS_MIN) return 'too_short';
  const expected = Math.min(255, (header.slotMs * SAMPLE_RATE_HZ) / 1000);
  return sampleCount < SAMPLES_SHARE_MIN * expected ? 'gap' : null;
}

/** Reads the features that the models use out of a reading's values, without allocating. */
export function readSignalFeatures(
  values: ArrayLike<number>,
  header: ReadingHeader,
  into: SignalFeatures,
): void {
  const count = values[SAMPLE_COUNT]! & 0xff;
  into.placement = header.placement;
  into.fault = faultOf(count, header);
  if (into.fault !== null) return;
  const gyroScale = GYRO_SCALE_LOG2[header.gyroRange & 3]! + LOG2[count]!;
  const accelScale = ACCEL_SCALE_LOG2[header.accelRange & 3]! + LOG2[count]! + ACCEL_WEIGHT_LOG2;
  const gyroTremor = values[GYRO_TREMOR]! / 256 - gyroScale;
  const gyroLocomotion = values[GYRO_LOCOMOTION]! / 256 - gyroScale;
  const accelLocomotion = values[ACCEL_LOCOMOTION]! / 256 - accelScale;
  const accelFreeze = values[ACCEL_FREEZE]! / 256 - accelScale;
  const accelPower = Math.log2(2 ** accelLocomotion + 2 ** accelFreeze);
  let variance = 1;
  for (let axis = 0; axis < 3; axis++) {
    const rms = values[GYRO_RMS[axis]!]!;
    const mean = values[GYRO_MEAN[axis]!]!;
    variance += Math.max(0, rms * rms - mean * mean);
  }
  // In the order of SIGNAL_FEATURES.
  const features = into.values;
  features[0] = gyroTremor - gyroLocomotion;
  features[1] = Math.max(0, gyroLocomotion - ARM_AT_REST_LOG2);
  features[2] = accelLocomotion - gyroLocomotion;
  features[3] = Math.abs((1000 * values[STEPS]!) / header.slotMs - STEPS_PER_SECOND_USUAL);
  features[4] = (Math.log2(variance) - GYRO_SCALE_LOG2[header.gyroRange & 3]!) / 2;
  features[5] = accelFreeze - accelLocomotion;
  features[6] = Math.max(0, LEG_STANDS_LOG2 - accelPower);
  features[7] = accelLocomotion;
  features[8] = gyroTremor;
  features[9] = Math.max(0, TREMOR_UNSEEN_LOG2 - gyroTremor);
}
