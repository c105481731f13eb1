/**
 * What an ATmega328P computes of one slot, in fixed point. One field a row, in wire order; the table is
 * what the encoder, the decoder, the window fold and the audit walk.
 *
 * Units: accelerometer and gyroscope values are raw sensor counts of the frame's ranges.
 * Energies: 256 * log2(1 + E), E = sum over the slot and the three axes of the squared output (counts) of
 * the band's second-order filter, the accelerometer's weighed by where in the slot they lie
 * ({@link ACCEL_ENERGY_WEIGHT}); bands and weights are those of `docs/wire-format.md`.
 */
export interface FeatureField {
  readonly name: string;
  readonly offset: number;
  readonly bytes: 1 | 2;
  readonly signed: boolean;
}

export const AXES = ['accelX', 'accelY', 'accelZ', 'gyroX', 'gyroY', 'gyroZ'] as const;
export type Axis = (typeof AXES)[number];

const layout: [name: string, bytes: 1 | 2, signed: boolean][] = [
  ['sampleCount', 1, false],
  ['steps', 1, false],
];
for (const axis of AXES) {
  layout.push([`${axis}Mean`, 2, true]);
  layout.push([`${axis}Rms`, 2, false]);
  layout.push([`${axis}Min`, 2, true]);
  layout.push([`${axis}Max`, 2, true]);
}
layout.push(['accelLocomotionLog2', 2, false]); // 0.5-3 Hz
layout.push(['accelFreezeLog2', 2, false]); // 3-8 Hz
layout.push(['accelTremorLog2', 2, false]); // 3.5-7.5 Hz
layout.push(['gyroLocomotionLog2', 2, false]);
layout.push(['gyroFreezeLog2', 2, false]);
layout.push(['gyroTremorLog2', 2, false]);
layout.push(['accelMagnitudeMin', 2, false]); // counts / 2, so that 16 g on three axes fits
layout.push(['accelMagnitudeMax', 2, false]);
layout.push(['tiltCosine', 2, true]); // 16384 * cosine of the angle between first and last second's gravity
layout.push(['heartRateBpm', 1, false]); // 0: no optical sensor
layout.push(['beats', 1, false]);
layout.push(['beatDifferenceSquares', 2, false]); // sum of squared differences of beat intervals, 8 ms^2 a unit

let offset = 0;
/** Every feature of a reading, in wire order. */
export const FEATURE_FIELDS: readonly FeatureField[] = layout.map(([name, bytes, signed]) => {
  const field = { name, offset, bytes, signed };
  offset += bytes;
  return field;
});

/** Index of each field in {@link FEATURE_FIELDS} and in the arrays of values. */
export const FEATURE_INDEX: Readonly<Record<string, number>> = Object.fromEntries(
  FEATURE_FIELDS.map((field, index) => [field.name, index]),
);

/** Where a named feature lies in an array of values; a name that does not exist is our bug. */
export function featureIndex(name: string): number {
  const index = FEATURE_INDEX[name];
  if (index === undefined) throw new Error(`no feature is called '${name}'`);
  return index;
}

/**
 * What a sample's square weighs in the accelerometer's energies, in the mean over a slot: by eighths 0, 1/4, 1/2, 1, 1,
 * 1/2, 1/4, 0. A mean power is E / (samples * this). The gyroscope's weigh 1.
 */
export const ACCEL_ENERGY_WEIGHT = 7 / 16;

/** One value per row of {@link FEATURE_FIELDS}. */
export type FeatureValues = Int32Array;

/** The table once more as flat numbers: the two functions below run for every reading, several times. */
const COUNT = FEATURE_FIELDS.length;
const OFFSETS = Uint8Array.from(FEATURE_FIELDS, (field) => field.offset);
const WIDE = Uint8Array.from(FEATURE_FIELDS, (field) => field.bytes - 1);
const LEAST = Int32Array.from(FEATURE_FIELDS, (field) => (field.signed ? -32768 : 0));
const MOST = Int32Array.from(FEATURE_FIELDS, (field) =>
  field.bytes === 1 ? 255 : field.signed ? 32767 : 65535,
);

/** Reads the features payload at `at` into `into`, without allocating. */
export function readFeatures(bytes: Uint8Array, at: number, into: FeatureValues): void {
  for (let i = 0; i < COUNT; i++) {
    const p = at + OFFSETS[i]!;
    if (WIDE[i] === 0) into[i] = bytes[p]!;
    else {
      const value = bytes[p]! | (bytes[p + 1]! << 8);
      into[i] = LEAST[i] === 0 ? value : (value << 16) >> 16;
    }
  }
}

/** Writes features at `at`; a value that does not fit its field is cut to the field's range. */
export function writeFeatures(bytes: Uint8Array, at: number, values: ArrayLike<number>): void {
  for (let i = 0; i < COUNT; i++) {
    const p = at + OFFSETS[i]!;
    const value = Math.min(MOST[i]!, Math.max(LEAST[i]!, values[i]!));
    bytes[p] = value & 0xff;
    if (WIDE[i] === 1) bytes[p + 1] = (value >> 8) & 0xff;
  }
}
