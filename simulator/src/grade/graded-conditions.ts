import { type Condition, Placement } from '@gaitway/contract';
import type { SlotLabel } from '../patients/label.ts';

/** From here on an answer is positive where a model tells nothing else: a probability of one half, in thousandths. */
export const POSITIVE_THOUSANDTHS = 500;

/** With less than this of it there are too few strides and too few cycles of a tremor in a slot, ms. */
export const SLOT_MS_ASSESSABLE = 2000;

/** One condition of which the truth is known, slot by slot. */
export interface GradedCondition {
  readonly condition: Condition;
  /** Where a device must sit for anybody to answer. */
  readonly placements: readonly Placement[];
  /** What its events are called where patients tell of them by themselves. */
  readonly episode: 'freeze' | 'tremor' | undefined;
  /** What is true of the slot. */
  truth(label: SlotLabel): boolean;
}

const { wrist, shank } = Placement;

/**
 * Every condition whose truth patients know. What decides whether a slot can be answered stands here, and not in the
 * server that is graded: one that calls everything not assessable would otherwise be excused.
 */
export const GRADED_CONDITIONS: readonly GradedCondition[] = [
  { condition: 'tremor', placements: [wrist], episode: 'tremor', truth: ({ tremor }) => tremor },
  {
    condition: 'gait',
    placements: [wrist, shank],
    episode: undefined,
    truth: ({ state }) => state === 'walking',
  },
  {
    ...{ condition: 'freezing', placements: [shank], episode: 'freeze' },
    truth: ({ freezing }) => freezing,
  },
];

/** Where a device must sit to be asked for falls: at the shank every stride is an impact (docs/patients.md). */
export const FALL_PLACEMENTS: readonly Placement[] = [wrist];

/** Why nobody can be asked for an answer. */
export const EXCUSES = {
  too_short: `a slot of less than ${SLOT_MS_ASSESSABLE / 1000} s holds too few strides and cycles of a tremor`,
  placement: 'the device sits where the condition cannot be seen',
  not_worn: 'the device said that it was not worn',
  gap: 'the device said that more than a tenth of the samples is missing',
} as const;
export type Excuse = keyof typeof EXCUSES;

/** What a device itself said of a slot, for which no server can be blamed. */
export type ReportedFault = Extract<Excuse, 'not_worn' | 'gap'>;

/** Why this slot needs no answer; `null`: it needs one. */
export function excuseOf(
  { placements }: GradedCondition,
  label: SlotLabel,
  slotMs: number,
  fault: ReportedFault | null = null,
): Excuse | null {
  if (slotMs < SLOT_MS_ASSESSABLE) return 'too_short';
  if (fault !== null) return fault;
  return placements.includes(label.placement) ? null : 'placement';
}
