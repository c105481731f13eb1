import { SAMPLE_RATE_HZ } from '@gaitway/contract';
import { isqrt } from './isqrt.ts';

/** 16384 times a cosine of 1. */
const ONE = 16384;

/**
 * 16384 * the cosine of the angle between the mean acceleration of the slot's first and last second. Means
 * are halved so that a sum of three products fits 32 bits. Without any acceleration (a dead sensor) there is
 * no angle, and no change is told.
 */
export function tiltCosine(samples: Int16Array, stride: number): number {
  const count = samples.length / stride;
  const second = Math.min(SAMPLE_RATE_HZ, count);
  let dot = 0;
  let firstSquare = 0;
  let lastSquare = 0;
  for (let axis = 0; axis < 3; axis++) {
    let first = 0;
    let last = 0;
    for (let i = 0; i < second; i++) {
      first += samples[i * stride + axis]!;
      last += samples[(count - 1 - i) * stride + axis]!;
    }
    first = Math.trunc(first / second) >> 1;
    last = Math.trunc(last / second) >> 1;
    dot += first * last;
    firstSquare += first * first;
    lastSquare += last * last;
  }
  const firstLength = isqrt(firstSquare);
  const lastLength = isqrt(lastSquare);
  if (firstLength === 0 || lastLength === 0) return ONE;
  const cosine = Math.trunc((Math.trunc(dot / firstLength) * ONE) / lastLength);
  return Math.min(ONE, Math.max(-ONE, cosine));
}
