import { hash32, uniform } from '@gaitway/contract';
import { CONFOUNDERS, type Cohort, type Confounder, shareAt } from '../cohort.ts';
import { PATIENT_STREAM, type PatientTraits } from '../traits.ts';
import { type Activity, dwellSlots, firstActivity, meanSlots, nextActivity, SLOT_SECONDS } from './dwell.ts';
import { drawFreezes, type Freezes, freezesPerMinute } from './freezing.ts';
import { dyskinesiaRating, medicationEffect } from './medication.ts';

/**
 * The truth is worked out in stretches of five minutes, each for itself: within one, activities follow each other
 * (semi-Markov), so that nothing must be replayed from a run's beginning to know what is true of a slot. Where two
 * stretches meet an activity ends, unless the next one begins with the same. Stretches of patients are
 * shifted against each other, so that a fleet does not stand up all at once.
 */
export const STRETCH_SLOTS = 60;

/** Of waking slots without a confounder, how many end an activity: measured over the table of `dwell.ts`. */
const CHANGES_PER_SLOT = 0.053;
/** In bed hours somebody is up for one stretch in so many. */
const UP_AT_NIGHT_SHARE = 0.06;
const HOURS_PER_SLOT = SLOT_SECONDS / 3600;

/** What is true of one slot, as the signal is made from it. Filled anew for each question. */
export interface SlotTruth {
  activity: Activity;
  /** Of a waking stretch: the first, the last slot of it. */
  begins: boolean;
  ends: boolean;
  /** 0 to 1. */
  effect: number;
  /** As AIMS, 0 to 4. */
  dyskinesia: number;
  /** Seconds of this slot that are frozen, from and to; equal: none. */
  frozenFrom: number;
  frozenTo: number;
  akinetic: boolean;
  /** The slot of the impact of the fall that this slot is part of (falling, or lying after it); -1: none. */
  fallSlot: number;
  /** First slot after the fall's lying. */
  fallEndSlot: number;
  /** Up to but without this slot `activity`, `effect` and `dyskinesia` stay as they are and nothing is frozen or falls. At least the next slot. */
  untilSlot: number;
}

export function emptySlotTruth(): SlotTruth {
  return {
    activity: 'rest',
    begins: true,
    ends: true,
    effect: 0,
    dyskinesia: 0,
    frozenFrom: 0,
    frozenTo: 0,
    akinetic: false,
    fallSlot: -1,
    fallEndSlot: -1,
    untilSlot: 0,
  };
}

/** How many slots of the stretch lie before slot 0 of this patient. */
export function shiftOf(seed: number, patientIndex: number): number {
  return hash32(seed, PATIENT_STREAM.activity, patientIndex, 0xffffffff) % STRETCH_SLOTS;
}

/** Chance that an activity is followed by a confounder, so that `hardNegativeShare` of the slots hold one. */
function confounderChance({ hardNegativeShare, hardNegatives }: Cohort): number {
  let perSlot = 0;
  for (const kind of CONFOUNDERS) perSlot += hardNegatives[kind] / meanSlots(kind);
  const slots = 1 / perSlot;
  return Math.min(0.9, hardNegativeShare / ((1 - hardNegativeShare) * CHANGES_PER_SLOT * slots));
}

interface CohortTables {
  chance: number;
  kinds: readonly number[];
}

let tablesOf: Cohort | undefined;
let tables: CohortTables = { chance: 0, kinds: [] };

/** Shares of entries, not of slots: what is over soon must begin more often. */
function tablesFor(cohort: Cohort): CohortTables {
  if (cohort === tablesOf) return tables;
  const weights = CONFOUNDERS.map((kind) => cohort.hardNegatives[kind] / meanSlots(kind));
  const sum = weights.reduce((a, b) => a + b, 0);
  tablesOf = cohort;
  tables = { chance: confounderChance(cohort), kinds: weights.map((weight) => weight / sum) };
  return tables;
}

const freezes: Freezes = { slots: 0, fromSecond: 0, toSecond: 0, akinetic: false };

function follower(activity: Activity, draw: number, { chance, kinds }: CohortTables): Activity {
  const after = activity as Exclude<Activity, 'sleep'>;
  const begun = !CONFOUNDERS.includes(activity as Confounder);
  if (!begun) return nextActivity(after, draw);
  return draw < chance
    ? CONFOUNDERS[shareAt(kinds, draw / chance)]!
    : nextActivity(after, (draw - chance) / (1 - chance));
}

/** The activity of slot `at` of a waking stretch, and the freeze in it. Returns the slot of the stretch up to which nothing else is known to be true. */
function findActivity(
  stretchSeed: number,
  at: number,
  perMinute: number,
  ofCohort: CohortTables,
  into: SlotTruth,
): number {
  let from = 0;
  let activity = firstActivity(stretchSeed);
  for (let piece = 0; ; piece++) {
    let slots = dwellSlots(activity as Exclude<Activity, 'sleep'>, stretchSeed, piece);
    const isFreezing = activity === 'walking' && perMinute > 0;
    if (isFreezing) {
      drawFreezes(stretchSeed, piece, slots, perMinute, at - from, freezes);
      slots = freezes.slots;
    }
    if (at < from + slots) {
      into.activity = activity;
      into.begins = at === from;
      into.ends = at === from + slots - 1 || at === STRETCH_SLOTS - 1;
      into.frozenFrom = into.frozenTo = 0;
      if (isFreezing && freezes.toSecond > freezes.fromSecond) placeFreeze((at - from) * SLOT_SECONDS, into);
      return isFreezing ? at + 1 : Math.min(STRETCH_SLOTS, from + slots);
    }
    from += slots;
    activity = follower(activity, uniform(stretchSeed, 5, piece), ofCohort);
  }
}

function placeFreeze(second: number, into: SlotTruth): void {
  into.frozenFrom = Math.max(0, freezes.fromSecond - second);
  into.frozenTo = Math.min(SLOT_SECONDS, freezes.toSecond - second);
  into.akinetic = freezes.akinetic;
}

const UPRIGHT: readonly Activity[] = ['walking', 'daily', 'posture', 'voluntary-stop'];
const STRETCHES_PER_YEAR = (365.25 * 24) / (STRETCH_SLOTS * HOURS_PER_SLOT);
/** Nobody falls in bed: what a year has of falls comes to the two thirds that are awake. */
const AWAKE_SHARE = 2 / 3;
const FALL_TRIES = 8;
/** How long somebody lies after a fall (research note, 2.5: 10-600 s; here until the stretch ends at the longest). */
const LIE_SLOTS_MIN = 3;
const LIE_SLOTS_SPREAD = 17;

/** The slot of the stretch in which somebody falls, or -1. People fall who are on their feet. */
function findFall(
  stretchSeed: number,
  perMinute: number,
  cohort: Cohort,
  ofCohort: CohortTables,
  into: SlotTruth,
): number {
  const chance = (cohort.fallsPerYear * cohort.fallBoost) / STRETCHES_PER_YEAR / AWAKE_SHARE;
  if (uniform(stretchSeed, 6) >= chance) return -1;
  for (let attempt = 0; attempt < FALL_TRIES; attempt++) {
    const slot = 1 + Math.floor(uniform(stretchSeed, 7, attempt) * (STRETCH_SLOTS - LIE_SLOTS_MIN - 3));
    findActivity(stretchSeed, slot, perMinute, ofCohort, into);
    if (UPRIGHT.includes(into.activity)) return slot;
  }
  return -1;
}

/** What is true of slot `slotIndex` of the patient at `patientIndex`. A pure function of everything but `into`. */
export function findSlotTruth(
  seed: number,
  patientIndex: number,
  slotIndex: number,
  traits: PatientTraits,
  cohort: Cohort,
  into: SlotTruth,
): void {
  const shifted = slotIndex + shiftOf(seed, patientIndex);
  const stretch = Math.floor(shifted / STRETCH_SLOTS);
  const at = shifted - stretch * STRETCH_SLOTS;
  const hours = cohort.startHour + (slotIndex - at) * HOURS_PER_SLOT;
  const stretchSeed = hash32(seed, PATIENT_STREAM.activity, patientIndex, stretch);
  into.effect = medicationEffect(seed, patientIndex, traits, hours);
  into.dyskinesia = dyskinesiaRating(traits.dyskinesia, into.effect);
  into.fallSlot = into.fallEndSlot = -1;
  into.frozenFrom = into.frozenTo = 0;
  const hour = hours - 24 * Math.floor(hours / 24);
  const isBedTime = hour >= traits.bedHour || hour < traits.wakeHour;
  if (isBedTime && uniform(stretchSeed, 9) >= UP_AT_NIGHT_SHARE) {
    into.activity = 'sleep';
    into.untilSlot = slotIndex - at + STRETCH_SLOTS;
    return;
  }
  const ofCohort = tablesFor(cohort);
  const perMinute = freezesPerMinute(traits, into.effect);
  const fall = findFall(stretchSeed, perMinute, cohort, ofCohort, into);
  const until = findActivity(stretchSeed, at, perMinute, ofCohort, into);
  into.untilSlot = slotIndex - at + (at < fall ? Math.min(fall, until) : until);
  if (fall < 0 || at < fall) return;
  const lies = LIE_SLOTS_MIN + Math.floor(LIE_SLOTS_SPREAD * uniform(stretchSeed, 8) ** 2);
  const end = Math.min(STRETCH_SLOTS, fall + 1 + lies);
  if (at >= end) return;
  into.fallSlot = slotIndex - at + fall;
  into.fallEndSlot = slotIndex - at + end;
  into.untilSlot = slotIndex + 1;
  into.frozenFrom = into.frozenTo = 0;
}
