import { hash32 } from '@gaitway/contract';
import type { PatientQuality } from './patient-quality.ts';

/** A figure, and its interval of 95 %; NaN where nothing was there to count. */
export interface QualityFigure {
  value: number;
  low: number;
  high: number;
}

/** What a figure is of some people. */
export type FigureOf = (people: readonly PatientQuality[]) => number;

const RESAMPLES = 400;
const STREAM = 0x626f6f74;

/**
 * A figure with its interval: percentiles of the bootstrap (Efron and Tibshirani 1993, chapter 13) over bodies, not over
 * slots. Slots of one person go together, and so do those of people with the same body, since both are takes of one
 * pool: an interval over slots would be far too narrow.
 */
export function figureOverBodies(people: readonly PatientQuality[], figureOf: FigureOf): QualityFigure {
  const clusters = [...groupedByBody(people).values()];
  const found: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const drawn = clusters.flatMap((_, at) => clusters[hash32(STREAM, resample, at) % clusters.length]!);
    const figure = figureOf(drawn);
    if (!Number.isNaN(figure)) found.push(figure);
  }
  found.sort((one, other) => one - other);
  const at = (share: number) => found[Math.round(share * (found.length - 1))] ?? Number.NaN;
  return { value: figureOf(people), low: at(0.025), high: at(0.975) };
}

export function groupedByBody(people: readonly PatientQuality[]): Map<string, PatientQuality[]> {
  const bodies = new Map<string, PatientQuality[]>();
  for (const person of people) {
    const others = bodies.get(person.body);
    if (others === undefined) bodies.set(person.body, [person]);
    else others.push(person);
  }
  return bodies;
}
