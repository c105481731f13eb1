import type { Condition } from '@gaitway/contract';
import type { ScoreGroup } from '../patients/fit/area-under-curve.ts';
import { EXCUSES, type Excuse, GRADED_CONDITIONS } from './graded-conditions.ts';
import { emptyTally, mergeTallies, type ScoreTally } from './score-tally.ts';
import { type ToldModel, thresholdOf } from './told-model.ts';

/** Events that were found or not, without their delays. */
export interface EventTotals {
  events: number;
  found: number;
  falseAlarms: number;
}

/** Alerts as viewers got them. */
export interface AlertTotals {
  delaysMs: number[];
  withoutEvent: number;
}

/** Alerts of what devices reported, as viewers got them. */
export interface ReportTotals {
  /** From when the report was due. */
  delaysMs: number[];
  /** Reports of somebody who was watched, that no viewer was ever told of. */
  unseen: number;
}

/** What was counted of one condition. */
export interface ConditionCounts {
  condition: Condition;
  /** From this score on an answer is positive, thousandths. */
  threshold: number;
  excused: Record<Excuse, number>;
  missing: ScoreGroup;
  late: ScoreGroup;
  refused: ScoreGroup;
  /** Scores that were there in time. */
  answered: ScoreTally;
  events: EventTotals;
  alerts: AlertTotals;
}

/** What was counted of a run. Plain data that merges by adding: it goes from thread to thread as it is. */
export interface GradeCounts {
  misplaced: number;
  /** Time in the measure phase, of all patients together. */
  patientMs: number;
  /** By what factor those who were graded fall more often than people do. */
  fallBoost: number;
  /** Scores that were computed once more, and those of them that are not what the named model says. */
  recomputed: number;
  otherwise: number;
  conditions: ConditionCounts[];
  falls: EventTotals & { alerts: AlertTotals; reports: ReportTotals };
}

const noGroup = (): ScoreGroup => ({ positives: 0, negatives: 0 });
const noEvents = (): EventTotals => ({ events: 0, found: 0, falseAlarms: 0 });
const noAlerts = (): AlertTotals => ({ delaysMs: [], withoutEvent: 0 });

export function noGradeCounts(told?: ToldModel): GradeCounts {
  return {
    ...{ misplaced: 0, recomputed: 0, otherwise: 0, patientMs: 0, fallBoost: 1 },
    conditions: GRADED_CONDITIONS.map(({ condition }) => ({
      condition,
      threshold: thresholdOf(told, condition),
      excused: Object.fromEntries(Object.keys(EXCUSES).map((excuse) => [excuse, 0])) as Record<
        Excuse,
        number
      >,
      ...{ missing: noGroup(), late: noGroup(), refused: noGroup() },
      answered: emptyTally(),
      ...{ events: noEvents(), alerts: noAlerts() },
    })),
    falls: { ...noEvents(), alerts: noAlerts(), reports: { delaysMs: [], unseen: 0 } },
  };
}

const addGroup = (sum: ScoreGroup, part: ScoreGroup): void => {
  sum.positives += part.positives;
  sum.negatives += part.negatives;
};

export function addEvents(sum: EventTotals, part: EventTotals): void {
  sum.events += part.events;
  sum.found += part.found;
  sum.falseAlarms += part.falseAlarms;
}

export function addAlerts(sum: AlertTotals, part: AlertTotals): void {
  sum.withoutEvent += part.withoutEvent;
  for (const delayMs of part.delaysMs) sum.delaysMs.push(delayMs);
}

export function addReports(sum: ReportTotals, part: ReportTotals): void {
  sum.unseen += part.unseen;
  for (const delayMs of part.delaysMs) sum.delaysMs.push(delayMs);
}

/** Runs that were graded apart, by the same thresholds, as one. */
export function mergeGradeCounts(parts: readonly GradeCounts[]): GradeCounts {
  const sum = noGradeCounts();
  for (const part of parts) {
    sum.misplaced += part.misplaced;
    sum.patientMs += part.patientMs;
    sum.fallBoost = Math.max(sum.fallBoost, part.fallBoost);
    sum.recomputed += part.recomputed;
    sum.otherwise += part.otherwise;
    addEvents(sum.falls, part.falls);
    addAlerts(sum.falls.alerts, part.falls.alerts);
    addReports(sum.falls.reports, part.falls.reports);
    for (const [i, into] of sum.conditions.entries()) {
      const from = part.conditions[i]!;
      for (const excuse of Object.keys(into.excused) as Excuse[])
        into.excused[excuse] += from.excused[excuse];
      for (const group of ['missing', 'late', 'refused'] as const) addGroup(into[group], from[group]);
      addEvents(into.events, from.events);
      addAlerts(into.alerts, from.alerts);
    }
  }
  for (const [i, into] of sum.conditions.entries()) {
    into.threshold = parts[0]?.conditions[i]?.threshold ?? into.threshold;
    into.answered = mergeTallies(parts.map(({ conditions }) => conditions[i]!.answered));
  }
  return sum;
}
