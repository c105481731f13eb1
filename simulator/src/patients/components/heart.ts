import { featureIndex, normal, uniform } from '@gaitway/contract';
import type { ActivityState } from '../archetypes.ts';
import { PATIENT_STREAM } from '../traits.ts';

/** Beats a minute above rest. Research note on inference, 2.2: 5-15 more in gait. */
const ABOVE_REST: Readonly<Record<ActivityState, number>> = {
  sleep: -6,
  rest: 0,
  posture: 4,
  daily: 7,
  walking: 11,
  freezing: 13,
  falling: 20,
  lying: 14,
};
/** Root mean square of successive differences in people with Parkinson's, ms (research note, 1.7), and its spread between people. */
const RMSSD_MS = 22;
const RMSSD_SPREAD = 0.35;
const BREATHS_PER_SECOND = 0.25;
/** Of the wire: `beatDifferenceSquares` counts in so many ms^2. */
const SQUARE_MS2 = 8;

const HEART_RATE = featureIndex('heartRateBpm');
const BEATS = featureIndex('beats');
const SQUARES = featureIndex('beatDifferenceSquares');

/**
 * What an optical sensor reports of one slot, written into its values: beats are laid out one after the other, with intervals
 * RR = 60/HR + a sin(2 pi 0.25 t) + noise, half of whose squared differences come from breathing and half do not; of those
 * that lie in the slot the fields are counted. The mean square of a difference is 2 a^2 sin^2(pi 0.25 RR) by breathing
 * and twice the noise's variance.
 */
export function addHeart(
  into: Int32Array,
  take: number,
  body: number,
  restingBpm: number,
  state: ActivityState,
  seconds: number,
): void {
  const stream = PATIENT_STREAM.heart;
  const bpm = restingBpm + ABOVE_REST[state] + 2 * normal(take, stream, 0);
  const usualMs = 60_000 / bpm;
  const rmssd = RMSSD_MS * Math.exp(RMSSD_SPREAD * normal(body, stream, 1));
  const breathingMs = rmssd / (2 * Math.sin((Math.PI * BREATHS_PER_SECOND * usualMs) / 1000));
  const noiseMs = rmssd / 2;
  const phase = uniform(take, stream, 2);
  let at = usualMs * uniform(take, stream, 3);
  let intervals = 0;
  let sum = 0;
  let squares = 0;
  let before = 0;
  let beats = 0;
  for (; at < 1000 * seconds; beats++) {
    const breath = Math.sin(2 * Math.PI * ((BREATHS_PER_SECOND * at) / 1000 + phase));
    const interval = Math.max(300, usualMs + breathingMs * breath + noiseMs * normal(take, stream, 4, beats));
    at += interval;
    if (at >= 1000 * seconds) continue;
    if (intervals > 0) squares += (interval - before) ** 2;
    before = interval;
    sum += interval;
    intervals += 1;
  }
  into[HEART_RATE] = Math.round(intervals > 0 ? (60_000 * intervals) / sum : bpm);
  into[BEATS] = beats;
  into[SQUARES] = Math.round(squares / SQUARE_MS2);
}
