import { normal, uniform } from '@gaitway/contract';
import { TICK_MS } from '@gaitway/firmware';
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
/** The shortest interval; a hub tells them in 0.1 ms. */
const INTERVAL_MS_MIN = 300;
const UNITS_PER_MS = 10;
/**
 * The hub tells a beat of a slot in none of its first and last ticks, so that the chip reads it in this slot: at a start it sets the
 * hub up for 6 ticks, and it reads what the hub has found 4 ticks later (`docs/firmware-link.md`, "The hub").
 */
const FIRST_TICKS = 8;
const LAST_TICKS = 6;

/**
 * What the hub of an optical sensor tells of one slot: for each of its `ticks` of 20 ms the interval between the beat that it found
 * then and the one before, in 0.1 ms, or 0. Beats are laid out one after the other, with intervals RR = 60/HR + a sin(2 pi 0.25 t) +
 * noise, half of whose squared differences come from breathing and half do not. The mean square of a difference is
 * 2 a^2 sin^2(pi 0.25 RR) by breathing and twice the noise's variance.
 */
export function synthesisePulses(
  take: number,
  body: number,
  restingBpm: number,
  state: ActivityState,
  ticks: number,
): Uint16Array {
  const stream = PATIENT_STREAM.heart;
  const bpm = restingBpm + ABOVE_REST[state] + 2 * normal(take, stream, 0);
  const usualMs = 60_000 / bpm;
  const rmssd = RMSSD_MS * Math.exp(RMSSD_SPREAD * normal(body, stream, 1));
  const breathingMs = rmssd / (2 * Math.sin((Math.PI * BREATHS_PER_SECOND * usualMs) / 1000));
  const noiseMs = rmssd / 2;
  const phase = uniform(take, stream, 2);
  const pulses = new Uint16Array(ticks);
  const last = Math.max(0, ticks - 1 - LAST_TICKS);
  let at = usualMs * uniform(take, stream, 3);
  for (let beat = 0; at < TICK_MS * ticks; beat++) {
    const breath = Math.sin(2 * Math.PI * ((BREATHS_PER_SECOND * at) / 1000 + phase));
    const noise = noiseMs * normal(take, stream, 4, beat);
    const interval = Math.max(INTERVAL_MS_MIN, usualMs + breathingMs * breath + noise);
    if (beat > 0) at += interval;
    if (at >= TICK_MS * ticks) break;
    const tick = Math.min(last, Math.max(FIRST_TICKS, Math.floor(at / TICK_MS)));
    pulses[tick] = Math.round(UNITS_PER_MS * interval);
  }
  return pulses;
}
