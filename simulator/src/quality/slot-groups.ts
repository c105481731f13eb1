import { type Condition, Placement } from '@gaitway/contract';
import type { SlotLabel } from '../patients/label.ts';

/** Slots of which one figure is about. */
export interface SlotGroup {
  readonly name: string;
  readonly condition: Condition;
  readonly placement: Placement;
  /** Whether a slot of a waking patient is one of them. */
  includes(label: SlotLabel): boolean;
  truth(label: SlotLabel): boolean;
}

const { wrist, shank } = Placement;
const isTremor = ({ tremor }: SlotLabel): boolean => tremor;
const isWalking = ({ state }: SlotLabel): boolean => state === 'walking';
const isWhatever = (): boolean => true;

/** Halfway to the least that MDS-UPDRS 3.17 rates: weaker than that no clinician would note a tremor. */
const RATING_SEEN = 0.5;

/**
 * The groups of slots that are looked at. Slots of sleep are in none of them: nothing moves in them, so that they would
 * only make every figure better. A tremor at rest and one of posture are two things to a clinician (MDS-UPDRS 3.17 and
 * 3.15), so a slot of the one is neither right nor wrong for the other.
 */
export const SLOT_GROUPS = {
  restTremor: {
    ...{ name: 'rest tremor, slots at rest', condition: 'tremor', placement: wrist, truth: isTremor },
    includes: ({ state }) => state === 'rest',
  },
  restTremorAwake: {
    ...{ name: 'rest tremor, waking slots', condition: 'tremor', placement: wrist, truth: isTremor },
    includes: ({ state, tremor }) => state === 'rest' || !tremor,
  },
  restTremorSeen: {
    ...{ name: 'rest tremor that is seen', condition: 'tremor', placement: wrist, truth: isTremor },
    includes: ({ state, tremorRating }) =>
      state === 'rest' && (tremorRating === null || tremorRating >= RATING_SEEN),
  },
  posturalTremor: {
    ...{ name: 'postural tremor, slots of posture', condition: 'tremor', placement: wrist, truth: isTremor },
    includes: ({ state }) => state === 'posture',
  },
  tremor: {
    ...{ name: 'tremor, waking slots', condition: 'tremor', placement: wrist, truth: isTremor },
    includes: isWhatever,
  },
  tremorDaily: {
    ...{ name: 'tremor, daily activity', condition: 'tremor', placement: wrist, truth: isTremor },
    includes: ({ state, confounder }) => state === 'daily' && confounder === null,
  },
  tremorHardNegatives: {
    ...{ name: 'tremor, hard negatives', condition: 'tremor', placement: wrist, truth: isTremor },
    includes: ({ confounder }) => confounder !== null,
  },
  gaitWrist: {
    ...{ name: 'gait at the wrist', condition: 'gait', placement: wrist, truth: isWalking },
    includes: isWhatever,
  },
  gaitShank: {
    ...{ name: 'gait at the shank', condition: 'gait', placement: shank, truth: isWalking },
    includes: isWhatever,
  },
  freezing: {
    ...{ name: 'freezing', condition: 'freezing', placement: shank, truth: ({ freezing }) => freezing },
    includes: isWhatever,
  },
} as const satisfies Readonly<Record<string, SlotGroup>>;
export type SlotGroupName = keyof typeof SLOT_GROUPS;
export const SLOT_GROUP_NAMES = Object.keys(SLOT_GROUPS) as SlotGroupName[];
