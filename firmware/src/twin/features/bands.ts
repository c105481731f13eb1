import { SAMPLE_RATE_HZ } from '@gaitway/contract';

/**
 * The device's three band filters: one second-order section each, y = b (x - x[-2]) - a1 y[-1] - a2 y[-2].
 *
 * A bilinear band-pass with its -3 dB points exactly at the band's edges f1, f2 and gain 1 between them:
 *     t  = tan(pi (f2 - f1) / fs)
 *     c  = cos(pi (f1 + f2) / fs) / cos(pi (f2 - f1) / fs)
 *     b  = t / (1 + t),  a1 = -2 c / (1 + t),  a2 = (1 - t) / (1 + t)
 * (the BPF of R. Bristow-Johnson's "Audio EQ Cookbook", bandwidth given by its edges). Coefficients are
 * kept times 2^14: with states of 16 bits no sum leaves 32 bits.
 */
export interface Band {
  readonly name: 'Locomotion' | 'Freeze' | 'Tremor';
  readonly fromHz: number;
  readonly toHz: number;
  /** Times 2^14. */
  readonly b: number;
  readonly a1: number;
  readonly a2: number;
}

export const COEFFICIENT_BITS = 14;

/** The integers are the formula above, rounded; a test holds them to it, so that the C firmware can copy them. */
export const BANDS: readonly Band[] = [
  { name: 'Locomotion', fromHz: 0.5, toHz: 3, b: 2240, a1: -27951, a2: 11904 },
  { name: 'Freeze', fromHz: 3, toHz: 8, b: 4018, a1: -20037, a2: 8348 },
  { name: 'Tremor', fromHz: 3.5, toHz: 7.5, b: 3347, a1: -20742, a2: 9689 },
];

/** The coefficients as real numbers, from the band's edges. */
export function exactCoefficients(fromHz: number, toHz: number): { b: number; a1: number; a2: number } {
  const t = Math.tan((Math.PI * (toHz - fromHz)) / SAMPLE_RATE_HZ);
  const c =
    Math.cos((Math.PI * (fromHz + toHz)) / SAMPLE_RATE_HZ) /
    Math.cos((Math.PI * (toHz - fromHz)) / SAMPLE_RATE_HZ);
  return { b: t / (1 + t), a1: (-2 * c) / (1 + t), a2: (1 - t) / (1 + t) };
}
