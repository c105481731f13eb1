import { SAMPLE_RATE_HZ } from '@gaitway/contract';
import { freezeAnswer } from './freeze-index.ts';

export const FOURIER_FREEZE_INDEX = 'published freeze index, Fourier';

/** Of samples in a row, six axes each: three of acceleration come first. */
const AXES = 6;
const BANDS = { fromHz: 0.5, betweenHz: 3, toHz: 8 };

/**
 * The freeze index as it was published, with a Fourier transform of the slot's samples instead of the device's band
 * filters, whose skirts let much of each band into the other: what is lost by them is what lies between the two. Power
 * of a Hann window, mean removed, summed over the three axes of acceleration. `samples` in counts.
 */
export function fourierFreeze(samples: Int16Array, countsPerG: number): { score: number; positive: boolean } {
  const count = samples.length / AXES;
  let locomotion = 0;
  let freeze = 0;
  for (let axis = 0; axis < 3; axis++) {
    const windowed = hannOf(samples, axis, count);
    const lastBin = Math.floor((BANDS.toHz * count) / SAMPLE_RATE_HZ);
    for (let bin = 1; bin <= lastBin; bin++) {
      const hz = (bin * SAMPLE_RATE_HZ) / count;
      if (hz < BANDS.fromHz) continue;
      const power = powerAt(windowed, bin);
      if (hz < BANDS.betweenHz) locomotion += power;
      else freeze += power;
    }
  }
  const index = locomotion > 0 ? freeze / locomotion : 0;
  return freezeAnswer({ index, powerG2: (locomotion + freeze) / countsPerG ** 2 });
}

function hannOf(samples: Int16Array, axis: number, count: number): Float64Array {
  let mean = 0;
  for (let i = 0; i < count; i++) mean += samples[AXES * i + axis]! / count;
  return Float64Array.from(
    { length: count },
    (_, i) => (samples[AXES * i + axis]! - mean) * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / count)),
  );
}

/** Mean square of the part of the signal at one bin, by Goertzel's recurrence; a Hann window keeps 3/8 of the power. */
function powerAt(windowed: Float64Array, bin: number): number {
  const count = windowed.length;
  const turn = 2 * Math.cos((2 * Math.PI * bin) / count);
  let before = 0;
  let last = 0;
  for (const value of windowed) {
    const next = value + turn * last - before;
    before = last;
    last = next;
  }
  const square = last * last + before * before - turn * last * before;
  return (2 * square) / (count * count * (3 / 8));
}
