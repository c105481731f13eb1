import type { EventCounts } from '../grade/event-grade.ts';
import { emptyTally, type ScoreTally, tallyScore } from '../grade/score-tally.ts';
import { SLOT_GROUP_NAMES, type SlotGroupName } from './slot-groups.ts';

/** How often each score was given, of those that were given at all: score, true, and false, in turn. */
export type PackedTally = number[];

/** Scores of one method for one group of slots, and how many of the slots it left without one. */
export interface MethodTally {
  scores: PackedTally;
  missedPositives: number;
  missedNegatives: number;
}

/** Who tells of falls: the server after all is known, the server at once, and a threshold of 3 g. */
export const FALL_METHODS = ['kept', 'raised', 'blow'] as const;
export type FallMethod = (typeof FALL_METHODS)[number];
export type FallCounts = Pick<EventCounts, 'events' | 'found' | 'falseAlarms'>;

/** What was seen of one patient, and what was said of it. Plain data: it goes to another process as it is. */
export interface PatientQuality {
  /** Whose slots are takes of one pool: seed, placement and kind of body. */
  body: string;
  placement: 'wrist' | 'shank';
  /** Where up is for the device while the patient walks, as a unit vector; `null`: never walked. */
  upWalking: readonly [number, number, number] | null;
  hours: number;
  /** Of these, those in which the device tells of falls: all or none (`FALL_PLACEMENTS`). */
  fallHours: number;
  wakingSlots: number;
  hardNegativeSlots: number;
  /** Freezes that the device could see. */
  freezes: FallCounts;
  falls: Record<FallMethod, FallCounts>;
  server: Record<SlotGroupName, MethodTally>;
  /** The plain method beside it, where there is one. */
  plain: Record<SlotGroupName, MethodTally>;
}

/** Tallies of one patient while they are made. */
export class GroupTallies {
  private readonly tallies = new Map<SlotGroupName, { scores: ScoreTally; missed: [number, number] }>();

  /** `null`: no score was given. */
  add(group: SlotGroupName, score: number | null, truth: boolean): void {
    let tally = this.tallies.get(group);
    if (tally === undefined) {
      tally = { scores: emptyTally(), missed: [0, 0] };
      this.tallies.set(group, tally);
    }
    if (score === null) tally.missed[truth ? 0 : 1] += 1;
    else tallyScore(tally.scores, score, truth);
  }

  packed(): Record<SlotGroupName, MethodTally> {
    return Object.fromEntries(
      SLOT_GROUP_NAMES.map((name): [SlotGroupName, MethodTally] => {
        const tally = this.tallies.get(name);
        const [missedPositives, missedNegatives] = tally?.missed ?? [0, 0];
        return [name, { scores: tally ? packed(tally.scores) : [], missedPositives, missedNegatives }];
      }),
    ) as Record<SlotGroupName, MethodTally>;
  }
}

export function packed({ positives, negatives }: ScoreTally): PackedTally {
  return positives.flatMap((count, score) =>
    count + negatives[score]! > 0 ? [score, count, negatives[score]!] : [],
  );
}

/** Several patients as one tally. */
export function unpacked(parts: readonly PackedTally[]): ScoreTally {
  const sum = emptyTally();
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 3) {
      sum.positives[part[at]!]! += part[at + 1]!;
      sum.negatives[part[at]!]! += part[at + 2]!;
    }
  }
  return sum;
}
