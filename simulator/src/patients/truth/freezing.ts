import { normal, uniform } from '@gaitway/contract';
import type { PatientTraits } from '../traits.ts';
import { SLOT_SECONDS } from './dwell.ts';

/** Durations of freezes: lognormal, mean 7.3 s and 95 % below 20 s as Bächlin 2010 saw them in 237 (research note on inference, 2.5). */
const MEDIAN_SECONDS = 5.4;
const SIGMA = 0.776;
const SECONDS_MAX = 41;
/** Beginning to walk, or turning, freezes three times as easily as walking on. */
const START_FACTOR = 3;
/** A freeze without trembling: a sixth of them. */
const AKINETIC_SHARE = 0.17;

/** Freezes in a walk; seconds count from the walk's beginning and are whole. */
export interface Freezes {
  /** Slots that the walk takes with its freezes. */
  slots: number;
  /** The freeze that touches the slot that was asked for; equal: none does. */
  fromSecond: number;
  toSecond: number;
  akinetic: boolean;
}

/** How often somebody freezes who walks, per minute, at this effect of the medication. */
export function freezesPerMinute(traits: PatientTraits, effect: number): number {
  if (traits.freezesPerMinute === 0) return 0;
  return traits.freezesPerMinute * (traits.freezesInOn ? 1 - 0.8 * effect : (1 - effect) ** 2);
}

/**
 * Draws the freezes of a walk of `slots` slots, and finds the one in slot `asked` (negative: none is asked for).
 * A freeze stops the walk, which goes on afterwards: the walk takes so much longer. In a slot at most one freeze
 * has a part, so that the pool needs one entry for each way in which a freeze can lie in a slot.
 */
export function drawFreezes(
  seed: number,
  stretch: number,
  slots: number,
  perMinute: number,
  asked: number,
  into: Freezes,
): void {
  into.fromSecond = into.toSecond = 0;
  const each = 1 - Math.exp((-perMinute * SLOT_SECONDS) / 60);
  const first = 1 - Math.exp((-START_FACTOR * perMinute * SLOT_SECONDS) / 60);
  let from = 0;
  let to = 0;
  let akinetic = false;
  let length = slots;
  for (let slot = 0; slot < length; slot++) {
    const second = slot * SLOT_SECONDS;
    if (second >= to) {
      const limit = slot === 0 ? first : each;
      const draw = uniform(seed, 2, stretch, slot);
      if (draw < limit) {
        from = second + Math.floor((SLOT_SECONDS * draw) / limit);
        const seconds = MEDIAN_SECONDS * Math.exp(SIGMA * normal(seed, 3, stretch, slot));
        to = from + Math.min(SECONDS_MAX, Math.max(1, Math.round(seconds)));
        akinetic = uniform(seed, 4, stretch, slot) < AKINETIC_SHARE;
        length += Math.round((to - from) / SLOT_SECONDS);
      }
    }
    if (slot === asked && from < second + SLOT_SECONDS && to > second) {
      into.fromSecond = from;
      into.toSecond = to;
      into.akinetic = akinetic;
    }
  }
  // A freeze is never cut off by the end of its walk.
  into.slots = Math.max(length, Math.ceil(to / SLOT_SECONDS));
}
