import { hash32, Placement, SLOT_MS_DEFAULT, uniform } from '@gaitway/contract';
import {
  type ActivityState,
  ARCHETYPE_AT,
  ARCHETYPES,
  DYSKINESIA_RATINGS,
  FALL_KINDS,
  frozenArchetype,
  LYING_KINDS,
  SLOWNESS_GRADES,
  TAKES_PER_BODY,
  TREMOR_GRADES,
  TREMOR_RATINGS,
} from './archetypes.ts';
import { COHORT_DEFAULT, type Cohort, type Confounder } from './cohort.ts';
import { motionOf } from './motion.ts';
import { PATIENT_STREAM, type PatientTraits, traitsOf } from './traits.ts';
import { SLOT_SECONDS } from './truth/dwell.ts';
import { type MedicationState, medicationState } from './truth/medication.ts';
import { emptySlotTruth, findSlotTruth, type SlotTruth } from './truth/stretch.ts';

export type { ActivityState } from './archetypes.ts';
export type { MedicationState } from './truth/medication.ts';

/** What is true of one slot: nothing that a model said, only what the signal was made from. Slots are of 5 s. */
export interface SlotLabel {
  /** `freezing`: at least half of the slot is frozen. */
  state: ActivityState;
  /** A movement that looks like what the models search for and is none of it. */
  confounder: Confounder | null;
  placement: Placement;
  /** At rest or in posture. The hand trembles; a device at the shank sees little of it. */
  tremor: boolean;
  /** Angle of the wrist's tremor, in degrees; 0 without tremor. Half of peak to peak, before its slow changes. */
  tremorAmplitudeDeg: number;
  /** 0 without tremor. */
  tremorHz: number;
  /** As MDS-UPDRS 3.17 rates, down to -1.5, which no eye sees; `null` without tremor. */
  tremorRating: number | null;
  /** Steps per minute; 0 when not walking. */
  cadence: number;
  /** At least half of the slot. */
  freezing: boolean;
  /** How much of the slot is frozen, 0 to 1. */
  freezingShare: number;
  /** A fall's impact lies in this slot. */
  fall: boolean;
  /** From the slot's start to the impact; 0 without a fall. */
  fallOffsetMs: number;
  /** As AIMS rates, 0 to 4. */
  dyskinesia: number;
  /** 0 to 4; daily movements and walking follow it in whole grades. */
  bradykinesia: number;
  medication: MedicationState;
}

/** A bout of tremor, or of none, is drawn in pieces: two in a block of so many slots. */
const BOUT_BLOCK_SLOTS = 24;
/** Of rest and posture, how much has tremor in those who tremble (research note, 2.5). */
const TREMOR_SHARE = 0.6;
/** Bouts are so much weaker or stronger than the usual, in points of the rating, a quarter of them each. */
const BOUT_POINTS = 0.7;
/** Of what medication takes from the rating (research note, 2.5: TRS = TRS_off (1 - 0.7 E)). */
const TREMOR_RELIEF = 0.7;
/** Weaker than any grade of the pool: cannot be seen, and is none. */
const FAINTEST_RATING = TREMOR_RATINGS[0][0];
const TURNS_IN_SLEEP_SHARE = 0.03;

interface Bout {
  /** What its tremor is drawn by. */
  index: number;
  untilSlot: number;
}

/**
 * Half of a block: the slots before or after a cut that lies between a quarter and three quarters of it. Equal
 * neighbours join, so bouts last from half a minute to minutes.
 */
function findBout(seed: number, patientIndex: number, slotIndex: number, into: Bout): void {
  const stream = PATIENT_STREAM.bout;
  const shift = hash32(seed, stream, patientIndex, 0xffffffff) % BOUT_BLOCK_SLOTS;
  const block = Math.floor((slotIndex + shift) / BOUT_BLOCK_SLOTS);
  const firstSlot = block * BOUT_BLOCK_SLOTS - shift;
  const cut =
    BOUT_BLOCK_SLOTS / 4 + (hash32(seed, stream, patientIndex, 4 * block + 1) % (BOUT_BLOCK_SLOTS / 2));
  const isFirst = slotIndex - firstSlot < cut;
  into.index = 4 * block + (isFirst ? 2 : 3);
  into.untilSlot = firstSlot + (isFirst ? cut : BOUT_BLOCK_SLOTS);
}

const bout: Bout = { index: 0, untilSlot: 0 };

/** Grade of the tremor of a slot of rest or posture: 0 none. */
function tremorGrade(
  seed: number,
  patientIndex: number,
  slotIndex: number,
  offRating: number | null,
  effect: number,
): number {
  if (offRating === null) return 0;
  findBout(seed, patientIndex, slotIndex, bout);
  const draw = uniform(seed, PATIENT_STREAM.bout, patientIndex, bout.index);
  if (draw >= TREMOR_SHARE) return 0;
  const shift = draw < TREMOR_SHARE / 4 ? -BOUT_POINTS : draw > (TREMOR_SHARE * 3) / 4 ? BOUT_POINTS : 0;
  const relieved =
    offRating > 0 ? offRating * (1 - TREMOR_RELIEF * effect) : offRating - TREMOR_RELIEF * effect;
  const rating = relieved + shift;
  if (rating < FAINTEST_RATING) return 0;
  const above = TREMOR_RATINGS.findIndex(([, most]) => rating < most);
  return above < 0 ? TREMOR_GRADES : above + 1;
}

/** Grade of a rating of dyskinesia: 0 none. */
function dyskinesiaGrade(rating: number): number {
  if (rating < DYSKINESIA_RATINGS[0][0]) return 0;
  const above = DYSKINESIA_RATINGS.findIndex(([, most]) => rating < most);
  return (above < 0 ? DYSKINESIA_RATINGS.length - 1 : above) + 1;
}

/** Bradykinesia, 0 to 1: what the medication leaves of it. */
function slownessOf(traits: PatientTraits, effect: number): number {
  return traits.slowness * (1 - 0.8 * effect);
}

function turnsOver(seed: number, patientIndex: number, slotIndex: number): boolean {
  return uniform(seed, PATIENT_STREAM.choice ^ 2, patientIndex, slotIndex) < TURNS_IN_SLEEP_SHARE;
}

/** One of the ways in which an activity is done, as this one slot or its fall does it. */
function kindOf(seed: number, patientIndex: number, slotIndex: number, kinds: number): number {
  return hash32(seed, PATIENT_STREAM.choice ^ 1, patientIndex, slotIndex) % kinds;
}

/** Which archetype of the pool a slot is of. */
function archetypeOf(
  seed: number,
  patientIndex: number,
  slotIndex: number,
  traits: PatientTraits,
  truth: SlotTruth,
): number {
  if (truth.fallSlot === slotIndex) {
    return ARCHETYPE_AT.falling[kindOf(seed, patientIndex, slotIndex, FALL_KINDS)]!;
  }
  if (truth.fallSlot >= 0) return ARCHETYPE_AT.lying[kindOf(seed, patientIndex, slotIndex, LYING_KINDS)]!;
  const { activity, effect } = truth;
  const dyskinesia = dyskinesiaGrade(truth.dyskinesia);
  const slowness = Math.min(SLOWNESS_GRADES - 1, Math.floor(SLOWNESS_GRADES * slownessOf(traits, effect)));
  switch (activity) {
    case 'sleep':
      return ARCHETYPE_AT.sleep[turnsOver(seed, patientIndex, slotIndex) ? 1 : 0]!;
    case 'rest':
    case 'posture':
      if (dyskinesia > 0) return ARCHETYPE_AT.dyskinetic[activity][dyskinesia - 1]!;
      return ARCHETYPE_AT[activity][tremorGrade(seed, patientIndex, slotIndex, traits.tremorRating, effect)]!;
    case 'walking':
      if (truth.frozenTo > truth.frozenFrom) {
        return frozenArchetype(truth.frozenFrom, truth.frozenTo, truth.akinetic);
      }
      if (dyskinesia > 0) return ARCHETYPE_AT.dyskinetic.walking[dyskinesia - 1]!;
      return ARCHETYPE_AT.walking[slowness]!;
    case 'daily':
      if (dyskinesia > 0) return ARCHETYPE_AT.dyskinetic.daily[dyskinesia - 1]!;
      return ARCHETYPE_AT.daily[slowness]!;
    case 'clapping':
      return ARCHETYPE_AT.confounder.clapping[(truth.begins ? 1 : 0) + (truth.ends ? 2 : 0)]!;
    default: {
      const kinds = ARCHETYPE_AT.confounder[activity];
      return kinds[kindOf(seed, patientIndex, slotIndex, kinds.length)]!;
    }
  }
}

/** Which entry of the pool a slot is, and what the label needs beside it. Filled anew for each question. */
export interface SlotEntry {
  archetype: number;
  /** Body and take, counted through. */
  variant: number;
  placement: Placement;
  truth: SlotTruth;
}

export function emptySlotEntry(): SlotEntry {
  return { archetype: 0, variant: 0, placement: Placement.wrist, truth: emptySlotTruth() };
}

/**
 * Chooses the entry of a slot: one of the patient's own body, another take each slot. Who lies after a fall lies as the
 * fall left them: with the take of the fall.
 */
export function findSlotEntry(
  seed: number,
  patientIndex: number,
  slotIndex: number,
  traits: PatientTraits,
  cohort: Cohort,
  into: SlotEntry,
): void {
  const { truth } = into;
  findSlotTruth(seed, patientIndex, slotIndex, traits, cohort, truth);
  into.archetype = archetypeOf(seed, patientIndex, slotIndex, traits, truth);
  const takeOf = truth.fallSlot >= 0 ? truth.fallSlot : slotIndex;
  into.variant = traits.body * TAKES_PER_BODY + takeOfSlot(seed, patientIndex, takeOf);
  into.placement = traits.placement;
}

/** Which of its body's takes a slot has, unless it lies in a fall's wake. */
export function takeOfSlot(seed: number, patientIndex: number, slotIndex: number): number {
  return hash32(seed, PATIENT_STREAM.choice, patientIndex, slotIndex) % TAKES_PER_BODY;
}

/**
 * Up to but without which slot those that follow have the archetype of this one, whose entry was found before, and takes of their own
 * ({@link takeOfSlot}): so much is known without looking at each of them. The slot itself when it has the take of a fall.
 */
export function sameArchetypeUntil(
  seed: number,
  patientIndex: number,
  slotIndex: number,
  traits: PatientTraits,
  { archetype, truth }: SlotEntry,
): number {
  if (truth.fallSlot >= 0) return slotIndex;
  const { state, confounder, dyskinesia } = ARCHETYPES[archetype]!;
  // Confounders are done anew in each slot.
  if (confounder !== null) return slotIndex + 1;
  if (state === 'sleep') {
    const turns = turnsOver(seed, patientIndex, slotIndex);
    let until = slotIndex + 1;
    while (until < truth.untilSlot && turnsOver(seed, patientIndex, until) === turns) until += 1;
    return until;
  }
  const hasBouts = (state === 'rest' || state === 'posture') && dyskinesia === 0;
  if (!hasBouts || traits.tremorRating === null) return truth.untilSlot;
  findBout(seed, patientIndex, slotIndex, bout);
  return Math.min(truth.untilSlot, bout.untilSlot);
}

const found = emptySlotEntry();

/** What is true of slot `slotIndex` of the patient at `patientIndex`. A pure function: the truth need not be stored. */
export function label(
  seed: number,
  patientIndex: number,
  slotIndex: number,
  cohort: Cohort = COHORT_DEFAULT,
): SlotLabel {
  const traits = traitsOf(seed, patientIndex, cohort);
  findSlotEntry(seed, patientIndex, slotIndex, traits, cohort, found);
  const { archetype, variant, placement, truth } = found;
  const { state, confounder, frozenFrom, frozenTo } = ARCHETYPES[archetype]!;
  const motion = motionOf(seed, archetype, variant, placement, cohort);
  const { tremorAmplitudeDeg, tremorHz, tremorRating, cadence, dyskinesia, impactAt } = motion;
  return {
    state,
    confounder,
    placement,
    tremor: tremorAmplitudeDeg > 0,
    ...{ tremorAmplitudeDeg, tremorHz, tremorRating },
    cadence: state === 'walking' ? cadence : 0,
    freezing: state === 'freezing',
    freezingShare: (frozenTo - frozenFrom) / SLOT_SECONDS,
    fall: state === 'falling',
    fallOffsetMs: Math.round(impactAt * SLOT_MS_DEFAULT),
    dyskinesia,
    bradykinesia: 4 * slownessOf(traits, truth.effect),
    medication: medicationState(truth.effect, truth.dyskinesia),
  };
}
