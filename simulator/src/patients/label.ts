import { hash32, uniform } from '@gaitway/contract';
import { ARCHETYPES, type Archetype, archetypeIndex, motionOf, TAKES_PER_BODY } from './archetypes.ts';
import { PATIENT_STREAM, type PatientTraits, traitsOf } from './traits.ts';

export type ActivityState = Archetype['state'];

/** What is true of one slot: nothing that a model said, only what the signal was made from. */
export interface SlotLabel {
  state: ActivityState;
  /** A movement in the tremor band that is none, as tooth-brushing. */
  confounder: boolean;
  tremor: boolean;
  /** Angle of the wrist's tremor, in degrees; 0 without tremor. Half of peak to peak, before its slow changes. */
  tremorAmplitudeDeg: number;
  /** 0 without tremor. */
  tremorHz: number;
  /** Steps per minute; 0 when not walking. */
  cadence: number;
}

/** A block of slots holds two activities, one after the other, and so does a block of tremor bouts. */
const ACTIVITY_BLOCK_SLOTS = 12;
const BOUT_BLOCK_SLOTS = 24;

/** Shares of waking time (research note on the signal model): rest, daily activity, walking. */
const REST_SHARE = 0.5;
const DAILY_SHARE = 0.82;
/** Of daily activity, how much is brushing, stirring and the like. */
const CONFOUNDER_SHARE = 0.06;
/** Of rest, how much has tremor in those who tremble. */
const TREMOR_SHARE = 0.6;

/**
 * Half of a block: the slots before or after a cut that lies between a quarter and three quarters of it.
 * Equal neighbours join, so activities last from 15 s to minutes. Blocks of patients are shifted against
 * each other, so that a fleet does not stand up all at once.
 */
function piece(
  seed: number,
  stream: number,
  patientIndex: number,
  slotIndex: number,
  blockSlots: number,
): number {
  const at = slotIndex + (hash32(seed, stream, patientIndex, 0xffffffff) % blockSlots);
  const block = Math.floor(at / blockSlots);
  const cut = blockSlots / 4 + (hash32(seed, stream, patientIndex, 4 * block + 1) % (blockSlots / 2));
  return 4 * block + (at - block * blockSlots < cut ? 2 : 3);
}

/** Which archetype of the pool a slot is of. A pure function: the truth need not be stored. */
export function archetypeOf(
  seed: number,
  patientIndex: number,
  slotIndex: number,
  traits: PatientTraits,
): number {
  const activity = piece(seed, PATIENT_STREAM.activity, patientIndex, slotIndex, ACTIVITY_BLOCK_SLOTS);
  const draw = uniform(seed, PATIENT_STREAM.activity, patientIndex, activity);
  if (draw >= DAILY_SHARE) return archetypeIndex('walking', traits.slownessGrade);
  const detail = uniform(seed, PATIENT_STREAM.choice, patientIndex, activity);
  if (draw >= REST_SHARE) {
    if (detail < CONFOUNDER_SHARE) return archetypeIndex('daily', 3);
    return archetypeIndex('daily', Math.floor(((detail - CONFOUNDER_SHARE) / (1 - CONFOUNDER_SHARE)) * 3));
  }
  if (traits.tremorGrade === 0) return archetypeIndex('rest', 0);
  const bout = piece(seed, PATIENT_STREAM.bout, patientIndex, slotIndex, BOUT_BLOCK_SLOTS);
  const tremor = uniform(seed, PATIENT_STREAM.bout, patientIndex, bout);
  if (tremor >= TREMOR_SHARE) return archetypeIndex('rest', 0);
  // Bouts differ by one grade: a quarter is weaker, a quarter stronger.
  const shift = tremor < TREMOR_SHARE / 4 ? -1 : tremor > (TREMOR_SHARE * 3) / 4 ? 1 : 0;
  return archetypeIndex('rest', Math.min(4, Math.max(1, traits.tremorGrade + shift)));
}

/** Which of the archetype's variants: one of the patient's own body, another one each slot. */
export function variantOf(
  seed: number,
  patientIndex: number,
  slotIndex: number,
  body: number,
  takes: number,
): number {
  return body * takes + (hash32(seed, PATIENT_STREAM.choice, patientIndex, slotIndex) % takes);
}

/** What is true of slot `slotIndex` of the patient at `patientIndex`. */
export function label(seed: number, patientIndex: number, slotIndex: number): SlotLabel {
  const traits = traitsOf(seed, patientIndex);
  const index = archetypeOf(seed, patientIndex, slotIndex, traits);
  const archetype = ARCHETYPES[index]!;
  const variant = variantOf(seed, patientIndex, slotIndex, traits.body, TAKES_PER_BODY);
  const { tremorAmplitudeDeg, tremorHz, cadence } = motionOf(seed, index, variant);
  return {
    state: archetype.state,
    confounder: archetype.confounder,
    tremor: tremorAmplitudeDeg > 0,
    tremorAmplitudeDeg,
    tremorHz,
    cadence,
  };
}
