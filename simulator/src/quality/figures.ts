import type { Confusion } from '../grade/confusion.ts';
import { areaOfTally, calibrationErrorOf, confusionOfTally, type ScoreTally } from '../grade/score-tally.ts';
import type { FigureOf } from './over-bodies.ts';
import { type FallCounts, type FallMethod, type PatientQuality, unpacked } from './patient-quality.ts';
import type { SlotGroupName } from './slot-groups.ts';

/** Who is asked: the server, or the plain method beside it. */
export type Method = 'server' | 'plain';

const HOURS_OF_DAY = 24;
const SCORE_MAX = 1000;

type People = readonly PatientQuality[];
type Share = (people: People) => { matched: number; of: number };

const sumOf = (people: People, count: (person: PatientQuality) => number): number =>
  people.reduce((sum, person) => sum + count(person), 0);

function tallyOf(people: People, method: Method, group: SlotGroupName): ScoreTally {
  return unpacked(people.map((person) => person[method][group].scores));
}

const missedOf = (people: People, method: Method, group: SlotGroupName) => ({
  positives: sumOf(people, (person) => person[method][group].missedPositives),
  negatives: sumOf(people, (person) => person[method][group].missedNegatives),
});

const shareOf =
  (share: Share): FigureOf =>
  (people) => {
    const { matched, of } = share(people);
    return matched / of;
  };

/** Area under the curve; a slot without an answer ranks as the worst answer there is. */
export function areaOf(method: Method, group: SlotGroupName): FigureOf {
  return (people) => areaOfTally(tallyOf(people, method, group), missedOf(people, method, group));
}

/** Share of the true slots that were found, at a threshold in thousandths. */
export function sensitivityAt(method: Method, group: SlotGroupName, threshold: number): FigureOf {
  return shareOf((people) => {
    const { truePositives, falseNegatives } = confusionOf(people, method, group, threshold);
    return { matched: truePositives, of: truePositives + falseNegatives };
  });
}

/** Share of the other slots that were left alone. */
export function specificityAt(method: Method, group: SlotGroupName, threshold: number): FigureOf {
  return shareOf((people) => {
    const { trueNegatives, falsePositives } = confusionOf(people, method, group, threshold);
    return { matched: trueNegatives, of: trueNegatives + falsePositives };
  });
}

/** The best sensitivity that any threshold reaches whose specificity is at least this: what two methods are compared by. */
export function sensitivityWhere(method: Method, group: SlotGroupName, specificityLeast: number): FigureOf {
  return (people) => {
    const tally = tallyOf(people, method, group);
    const missed = missedOf(people, method, group);
    const { truePositives, falseNegatives, trueNegatives, falsePositives } = confusionOfTally(tally, 0);
    const positives = truePositives + falseNegatives + missed.positives;
    const negatives = trueNegatives + falsePositives + missed.negatives;
    // From the highest threshold down, as long as few enough others are taken for true.
    let [found, alarms] = [0, missed.negatives];
    for (let threshold = SCORE_MAX; threshold >= 0; threshold--) {
      alarms += tally.negatives[threshold]!;
      if (negatives - alarms < specificityLeast * negatives) break;
      found += tally.positives[threshold]!;
    }
    return found / positives;
  };
}

/** Expected calibration error of several groups that are one condition. */
export function calibrationErrorIn(groups: readonly SlotGroupName[]): FigureOf {
  return (people) => calibrationErrorOf(tallyOfAll(people, groups)) ?? Number.NaN;
}

/** What it would be if the server squared its probabilities: whether a sabotage of that kind would be seen. */
export function squaredCalibrationErrorIn(groups: readonly SlotGroupName[]): FigureOf {
  return (people) => {
    const tally = tallyOfAll(people, groups);
    const squared: ScoreTally = { positives: [], negatives: [] };
    for (const side of ['positives', 'negatives'] as const) {
      squared[side] = tally[side].map(() => 0);
      tally[side].forEach((count, score) => {
        squared[side][Math.round(score ** 2 / SCORE_MAX)]! += count;
      });
    }
    return calibrationErrorOf(squared) ?? Number.NaN;
  };
}

/** Share of slots that the server gave a score for. */
export function coverageIn(groups: readonly SlotGroupName[]): FigureOf {
  return shareOf((people) => {
    const { positives, negatives } = tallyOfAll(people, groups);
    const answered = [...positives, ...negatives].reduce((sum, count) => sum + count, 0);
    const missed = groups.map((group) => missedOf(people, 'server', group));
    return {
      matched: answered,
      of: missed.reduce((sum, each) => sum + each.positives + each.negatives, answered),
    };
  });
}

/** Share of falls that were found. */
export function fallsFound(method: FallMethod): FigureOf {
  return eventsFound(({ falls }) => falls[method]);
}

/** Alarms without a fall, a patient and day: of those whose devices tell of falls, or the others would thin them out. */
export function falseFallsPerDay(method: FallMethod): FigureOf {
  return shareOf((people) => ({
    matched: sumOf(people, ({ falls, fallHours }) => (fallHours > 0 ? falls[method].falseAlarms : 0)),
    of: sumOf(people, ({ fallHours }) => fallHours) / HOURS_OF_DAY,
  }));
}

/** Share of freezes that a positive slot meets. */
export const freezesFound: FigureOf = eventsFound(({ freezes }) => freezes);

/** How alike devices are turned on their limbs: 0 any way, 1 all the same. */
export const mountingAlike: FigureOf = (people) => {
  const turned = people.flatMap(({ upWalking }) => (upWalking === null ? [] : [upWalking]));
  const [x, y, z] = [0, 1, 2].map((axis) => turned.reduce((sum, up) => sum + up[axis]! / turned.length, 0));
  return turned.length === 0 ? Number.NaN : Math.hypot(x!, y!, z!);
};

function eventsFound(countsOf: (person: PatientQuality) => FallCounts): FigureOf {
  return shareOf((people) => ({
    matched: sumOf(people, (person) => countsOf(person).found),
    of: sumOf(people, (person) => countsOf(person).events),
  }));
}

function tallyOfAll(people: People, groups: readonly SlotGroupName[]): ScoreTally {
  return unpacked(people.flatMap((person) => groups.map((group) => person.server[group].scores)));
}

function confusionOf(people: People, method: Method, group: SlotGroupName, threshold: number): Confusion {
  const found = confusionOfTally(tallyOf(people, method, group), threshold);
  return withMissed(found, missedOf(people, method, group));
}

/** A slot without an answer is neither a right positive nor a right negative. */
function withMissed(found: Confusion, missed: { positives: number; negatives: number }): Confusion {
  return {
    ...found,
    falseNegatives: found.falseNegatives + missed.positives,
    falsePositives: found.falsePositives + missed.negatives,
  };
}
