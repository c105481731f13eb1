import type { SlotScore } from '@gaitway/contract';
import type { SlotLabel } from '../patients/label.ts';
import { type Answer, gradeEvents, type Stretch, stretchesOf } from './event-grade.ts';
import { countReports } from './fall-reports.ts';
import {
  type AlertTotals,
  addAlerts,
  addEvents,
  addReports,
  type ConditionCounts,
  type GradeCounts,
} from './grade-counts.ts';
import { excuseOf, FALL_PLACEMENTS, GRADED_CONDITIONS, type GradedCondition } from './graded-conditions.ts';
import type { RunTruth } from './run-truth.ts';
import { tallyScore } from './score-tally.ts';
import { FALL_SLACK_MS, RULE_SUBJECTS, type SeenAlert, SLOT_RULES } from './seen-alert.ts';

/** What a document says of one slot. */
export interface SlotAnswer {
  scores: SlotScore;
  /** Its window was closed more than two windows after its end. */
  late: boolean;
}

/** The slots of one patient that should be answered, and what was answered. */
export interface PatientAnswers {
  index: number;
  /** By slot, from the first measured one on. */
  answers: readonly (SlotAnswer | undefined)[];
  alerts: readonly SeenAlert[];
  /** What viewers were told, also of alerts that were withdrawn later. */
  sights: readonly SeenAlert[];
}

/** Holds what is stored of one patient against the truth, slot by slot and event by event. */
export function gradePatient(truth: RunTruth, patient: PatientAnswers, counts: GradeCounts): void {
  const { index } = patient;
  const { from, to } = truth.measured(index);
  counts.patientMs += Math.max(0, to - from) * truth.slotMs;
  const labels = Array.from({ length: to }, (_, slot) => truth.labelOf(index, slot));
  for (const [i, graded] of GRADED_CONDITIONS.entries()) {
    const into = counts.conditions[i]!;
    const found: Answer[] = [];
    for (let slot = from; slot < to; slot++) {
      const label = labels[slot]!;
      const excuse = excuseOf(graded, label, truth.slotMs, truth.faultOf?.(index, slot));
      if (excuse !== null) into.excused[excuse] += 1;
      else if (isPositive(graded, patient.answers[slot - from], graded.truth(label), into)) {
        const endMs = truth.startMs(index, slot + 1);
        found.push({ startMs: truth.startMs(index, slot), endMs, knownAtMs: endMs });
      }
    }
    const stretches = eventsOf(truth, index, labels, graded);
    const measured = stretches.filter(({ endMs }) => endMs > truth.startMs(index, from));
    const { events, found: hits, falseAlarms } = gradeEvents(measured, found);
    addEvents(into.events, { events, found: hits, falseAlarms });
    addAlerts(into.alerts, alertDelays(patient.alerts, graded.condition, stretches, truth));
  }
  gradeFalls(truth, patient, labels, counts);
}

/** Counts the answer to one slot that should have been answered; whether it was there in time and positive. */
function isPositive(
  { condition }: GradedCondition,
  answer: SlotAnswer | undefined,
  truth: boolean,
  into: ConditionCounts,
): boolean {
  const miss = (group: 'missing' | 'late' | 'refused') => {
    into[group][truth ? 'positives' : 'negatives'] += 1;
    return false;
  };
  const score: unknown = answer?.scores[condition];
  if (answer === undefined || score === undefined) return miss('missing');
  if (answer.late) return miss('late');
  if (typeof score !== 'number' || !Number.isFinite(score)) return miss('refused');
  tallyScore(into.answered, score, truth);
  return score >= into.threshold;
}

/**
 * What there was to find: the patient's own episodes, or else the stretches of slots of which it is true. One that began
 * before the measure phase keeps its onset; one that nobody can be asked about is none.
 */
function eventsOf(
  truth: RunTruth,
  index: number,
  labels: readonly SlotLabel[],
  graded: GradedCondition,
): Stretch[] {
  const isAsked = (slot: number) => {
    const label = labels[slot];
    const fault = truth.faultOf?.(index, slot);
    return label !== undefined && excuseOf(graded, label, truth.slotMs, fault) === null;
  };
  const { episode } = graded;
  if (truth.episodesOf === undefined || episode === undefined) {
    const is = labels.map((label, slot) => isAsked(slot) && graded.truth(label));
    return stretchesOf(is, (slot) => truth.startMs(index, slot));
  }
  const beginMs = truth.startMs(index, 0);
  return truth
    .episodesOf(index, 0, labels.length)
    .filter(({ kind, startMs }) => kind === episode && isAsked(Math.floor(startMs / truth.slotMs)))
    .map(({ startMs, endMs }) => ({ startMs: beginMs + startMs, endMs: beginMs + endMs }));
}

/** From the onset of what an alert is about until a viewer had it; an alert names the window, or the slot, that it looked at. */
function alertDelays(
  alerts: readonly SeenAlert[],
  subject: string,
  stretches: readonly Stretch[],
  { windowMs, slotMs }: Pick<RunTruth, 'windowMs' | 'slotMs'>,
): AlertTotals {
  const totals: AlertTotals = { delaysMs: [], withoutEvent: 0 };
  for (const { rule, atMs, seenAtMs } of alerts) {
    if (seenAtMs === null || RULE_SUBJECTS[rule] !== subject) continue;
    const lookedAtMs = SLOT_RULES.has(rule) ? slotMs : windowMs;
    const event = stretches.find(({ startMs, endMs }) => startMs < atMs + lookedAtMs && endMs > atMs);
    if (event === undefined) totals.withoutEvent += 1;
    else totals.delaysMs.push(seenAtMs - event.startMs);
  }
  return totals;
}

/**
 * Falls are events: an alert within 5 s of one has found it. An alert outside of the measure phase, and one that means a fall
 * outside of it, is neither a find nor a false alarm: what was true there is not graded.
 */
function gradeFalls(
  truth: RunTruth,
  { index, alerts, sights }: PatientAnswers,
  labels: readonly SlotLabel[],
  counts: GradeCounts,
): void {
  const { from, to } = truth.measured(index);
  const [fromMs, toMs] = [truth.startMs(index, from), truth.startMs(index, to)];
  const fallsIn = (some: readonly SlotLabel[], first: number) =>
    some.flatMap((label, i): Stretch[] => {
      if (!label.fall || !FALL_PLACEMENTS.includes(label.placement)) return [];
      const atMs = truth.startMs(index, first + i) + label.fallOffsetMs;
      return [{ startMs: atMs, endMs: atMs }];
    });
  const falls = fallsIn(labels.slice(from), from);
  // An alert in the measure phase may mean a fall just behind it: so far the truth is asked further.
  const behind = Math.ceil(FALL_SLACK_MS / truth.slotMs);
  const after = Array.from({ length: behind }, (_, i) => truth.labelOf(index, to + i));
  const outside = [...fallsIn(labels.slice(0, from), 0), ...fallsIn(after, to)];
  const near = (atMs: number, some: readonly Stretch[]) =>
    some.some(({ startMs }) => Math.abs(atMs - startMs) < FALL_SLACK_MS);
  const seen = alerts
    .filter(({ rule, atMs }) => {
      if (RULE_SUBJECTS[rule] !== 'fall') return false;
      return near(atMs, falls) || (fromMs <= atMs && atMs < toMs && !near(atMs, outside));
    })
    .map(({ atMs, seenAtMs }) => ({ startMs: atMs, endMs: atMs, knownAtMs: seenAtMs ?? Number.NaN }));
  addReports(counts.falls.reports, countReports(truth.reportsOf?.(index, from, to) ?? [], sights));
  if (falls.length + seen.length === 0) return;
  const { events, found, falseAlarms, delaysMs } = gradeEvents(falls, seen, FALL_SLACK_MS);
  addEvents(counts.falls, { events, found, falseAlarms });
  const alarmsSeen = seen.filter(({ knownAtMs }) => !Number.isNaN(knownAtMs)).length;
  const known = delaysMs.filter((delayMs) => !Number.isNaN(delayMs));
  addAlerts(counts.falls.alerts, { delaysMs: known, withoutEvent: Math.max(0, alarmsSeen - known.length) });
}
