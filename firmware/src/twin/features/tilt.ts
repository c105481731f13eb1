import { isqrt } from './isqrt.ts';

/** 16384 times a cosine of 1. */
const ONE = 16384;

/**
 * 16384 * the cosine of the angle between the mean acceleration of the slot's first `first` samples and of its last
 * `last` ones. Means are halved so that a sum of three products fits 32 bits. Where there is no angle (no sample in one
 * of them, or a dead sensor), no change is told.
 */
export function tiltCosine(samples: Int16Array, stride: number, first: number, last: number): number {
  if (first === 0 || last === 0) return ONE;
  const lastFrom = samples.length - last * stride;
  let dot = 0;
  let firstSquare = 0;
  let lastSquare = 0;
  for (let axis = 0; axis < 3; axis++) {
    let firstSum = 0;
    let lastSum = 0;
    for (let i = 0; i < first; i++) firstSum += samples[i * stride + axis]!;
    for (let i = 0; i < last; i++) lastSum += samples[lastFrom + i * stride + axis]!;
    const firstMean = Math.trunc(firstSum / first) >> 1;
    const lastMean = Math.trunc(lastSum / last) >> 1;
    dot += firstMean * lastMean;
    firstSquare += firstMean * firstMean;
    lastSquare += lastMean * lastMean;
  }
  return cosineOf(dot, firstSquare, lastSquare);
}

/**
 * 16384 * the cosine of the angle between two vectors, by their scalar product and their squares, each below 2^30.
 * 16384 where one of them has no length.
 */
export function cosineOf(dot: number, firstSquare: number, lastSquare: number): number {
  const firstLength = isqrt(firstSquare);
  const lastLength = isqrt(lastSquare);
  if (firstLength === 0 || lastLength === 0) return ONE;
  const cosine = Math.trunc((Math.trunc(dot / firstLength) * ONE) / lastLength);
  return Math.min(ONE, Math.max(-ONE, cosine));
}
