import { type Band, COEFFICIENT_BITS } from './bands.ts';
import { WEIGHS_NOTHING } from './energy-weights.ts';

/** Bits behind the point of the output that is squared. */
const FINE_BITS = 4;
const HALF = 1 << (COEFFICIENT_BITS - 1);

/**
 * Sum of the squared outputs of a band's filter over one axis of a slot.
 *
 * The filter begins at rest on the slot's first sample, so that a slot's features depend on its own samples
 * and nothing else, and gravity is no step. What a shift cuts off goes into the next two sums (twice, then once
 * with the other sign), which moves its noise out of the low bands: without it a signal of a few counts would
 * drown; for the same reason the energy is taken with four bits behind the point. Outputs are limited to 16
 * bits, sums are 32 bits wide, the energy 64 bits.
 *
 * `samples` holds `stride` values a sample; `axis` is where the axis lies among them. `halvings`: of each sample, how
 * often its square is halved (see `energy-weights.ts`); without it all of them count alike.
 */
export function bandEnergy(
  samples: Int16Array,
  axis: number,
  stride: number,
  band: Band,
  halvings?: Uint8Array,
): number {
  const { b, a1, a2 } = band;
  const first = samples[axis]!;
  let x1 = first;
  let x2 = first;
  let y1 = 0;
  let y2 = 0;
  let cut1 = 0;
  let cut2 = 0;
  let energy = 0;
  for (let at = axis, i = 0; at < samples.length; at += stride, i++) {
    const x = samples[at]!;
    const sum = (Math.imul(b, x - x2) - Math.imul(a1, y1) - Math.imul(a2, y2) + 2 * cut1 - cut2) | 0;
    let y = (sum + HALF) >> COEFFICIENT_BITS;
    cut2 = cut1;
    cut1 = sum - (y << COEFFICIENT_BITS);
    let fine = sum >> (COEFFICIENT_BITS - FINE_BITS);
    if (y > 32767 || y < -32768) {
      y = y > 0 ? 32767 : -32768;
      fine = y << FINE_BITS;
    }
    const halved = halvings === undefined ? 0 : halvings[i]!;
    if (halved === 0) energy += fine * fine;
    else if (halved !== WEIGHS_NOTHING) energy += Math.floor((fine * fine) / (1 << halved));
    x2 = x1;
    x1 = x;
    y2 = y1;
    y1 = y;
  }
  return Math.floor(energy / (1 << (2 * FINE_BITS)));
}
