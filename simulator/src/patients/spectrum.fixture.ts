import { SAMPLE_RATE_HZ } from '@gaitway/contract';

/** Points of the transform: a slot of 250 samples, and zeros. Bins are 0.195 Hz apart. */
const POINTS = 256;
const BINS = 104;
const COS = Float64Array.from({ length: POINTS }, (_, i) => Math.cos((2 * Math.PI * i) / POINTS));
const SIN = Float64Array.from({ length: POINTS }, (_, i) => Math.sin((2 * Math.PI * i) / POINTS));

/**
 * Power by frequency of one slot, summed over three axes, in the square of the unit: Hann window, mean removed
 * (research note on inference, section 1). `first`: 0 accelerometer, 3 gyroscope.
 */
export function powerOf(samples: ArrayLike<number>, first: 0 | 3, countsPerUnit: number): Float64Array {
  const count = samples.length / 6;
  const power = new Float64Array(BINS);
  for (let axis = first; axis < first + 3; axis++) {
    let mean = 0;
    for (let i = 0; i < count; i++) mean += samples[i * 6 + axis]! / count;
    const windowed = Float64Array.from({ length: count }, (_, i) => {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / count);
      return ((samples[i * 6 + axis]! - mean) / countsPerUnit) * hann;
    });
    for (let bin = 0; bin < BINS; bin++) {
      let re = 0;
      let im = 0;
      for (let i = 0; i < count; i++) {
        const turn = (bin * i) % POINTS;
        re += windowed[i]! * COS[turn]!;
        im += windowed[i]! * SIN[turn]!;
      }
      power[bin]! += re * re + im * im;
    }
  }
  return power;
}

const hzOf = (bin: number): number => (bin * SAMPLE_RATE_HZ) / POINTS;

/** Power between two frequencies; the lower one belongs to it. */
export function bandPower(power: Float64Array, fromHz: number, toHz: number): number {
  return power.reduce((sum, one, bin) => (hzOf(bin) >= fromHz && hzOf(bin) < toHz ? sum + one : sum), 0);
}

/** ln of Moore's freeze index: power in 3-8 Hz over that in 0.5-3 Hz. */
export function logFreezeIndex(power: Float64Array): number {
  return Math.log(bandPower(power, 3, 8) / bandPower(power, 0.5, 3));
}

/** Power within 0.4 Hz of the strongest frequency of 3-8 Hz, over that of 0.5-15 Hz. */
export function peakRatio(power: Float64Array): number {
  let peak = -1;
  power.forEach((one, bin) => {
    if (hzOf(bin) >= 3 && hzOf(bin) <= 8 && (peak < 0 || one > power[peak]!)) peak = bin;
  });
  return bandPower(power, hzOf(peak) - 0.4, hzOf(peak) + 0.4) / bandPower(power, 0.5, 15);
}

/** Root mean square of the movement of three axes about their means. */
export function movementRms(samples: ArrayLike<number>, first: 0 | 3, countsPerUnit: number): number {
  const count = samples.length / 6;
  let variance = 0;
  for (let axis = first; axis < first + 3; axis++) {
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < count; i++) {
      sum += samples[i * 6 + axis]!;
      squares += samples[i * 6 + axis]! ** 2;
    }
    variance += squares / count - (sum / count) ** 2;
  }
  return Math.sqrt(variance) / countsPerUnit;
}

/** The tenth, the half and nine tenths of all lie below these. */
export function tenths(all: readonly number[]): [p10: number, p50: number, p90: number] {
  const sorted = [...all].sort((a, b) => a - b);
  return [0.1, 0.5, 0.9].map((share) => sorted[Math.floor(share * (sorted.length - 1))]!) as [
    number,
    number,
    number,
  ];
}
