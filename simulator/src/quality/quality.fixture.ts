import { emptyTally, tallyScore } from '../grade/score-tally.ts';
import { GroupTallies, type PatientQuality, packed } from './patient-quality.ts';
import type { SlotGroupName } from './slot-groups.ts';

const NO_FALLS = { events: 0, found: 0, falseAlarms: 0 };

/** Somebody of whom nothing was seen, but for what `over` says. */
export function personOf(over: Partial<PatientQuality> = {}): PatientQuality {
  const nothing = () => new GroupTallies().packed();
  return {
    ...{ body: 'one', placement: 'wrist', upWalking: null, wakingSlots: 0, hardNegativeSlots: 0 },
    ...{ hours: 24, fallHours: 24 },
    freezes: NO_FALLS,
    falls: { kept: NO_FALLS, raised: NO_FALLS, blow: NO_FALLS },
    ...{ server: nothing(), plain: nothing(), ...over },
  };
}

/** What the server said of one group: scores of true slots and of others, and slots that it left out. */
export function serverSaid(
  group: SlotGroupName,
  positives: readonly number[],
  negatives: readonly number[],
  missed: { missedPositives?: number; missedNegatives?: number } = {},
): Pick<PatientQuality, 'server'> {
  const tally = emptyTally();
  for (const score of positives) tallyScore(tally, score, true);
  for (const score of negatives) tallyScore(tally, score, false);
  const said = { scores: packed(tally), missedPositives: 0, missedNegatives: 0, ...missed };
  return { server: { ...personOf().server, [group]: said } };
}
