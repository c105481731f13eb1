import type { Condition } from '@gaitway/contract';
import { type DelaySummary, delaySummaryOf } from '../grade/delays.ts';
import { type EventCounts, gradeEvents, type Stretch } from '../grade/event-grade.ts';
import {
  type CaseGrade,
  type GradedCase,
  gradeCases,
  type ShareEstimate,
  shareEstimate,
} from '../grade/graded-cases.ts';
import type { ScoredSlot } from './score-slots.ts';
import type { SlotTruth } from './slot-truth.ts';

/** What the truth of a recording can be about; a model of freezing may be there or not. */
export type GradedHead = Condition | 'freezing';

/** One way to answer for a slot. */
export interface Head {
  condition: GradedHead;
  /** `model`, or the name of a published method. */
  method: string;
  /** Scores are probabilities in thousandths. */
  probabilities: boolean;
  /** `null`: it may not speak of this slot. */
  answer(slot: ScoredSlot): { score: number; positive: boolean } | null;
}

/** How whole events were found. */
export interface EventGrade {
  sensitivity: ShareEstimate | null;
  falseAlarms: number;
  falseAlarmsPerHour: number | null;
  /** From onset to the end of the first slot that shows it. */
  delay: DelaySummary;
}

/** What one head is worth on one recording, or on several together. */
export interface HeadGrade extends CaseGrade {
  condition: GradedHead;
  method: string;
  /** Labelled slots of which the head may not speak. */
  notAssessable: number;
  /** `null`: the truth knows no events. */
  events: EventGrade | null;
}

/** The answers of one head beside the truth, kept until those of several recordings are pooled. */
export interface HeadCases {
  head: Head;
  cases: GradedCase[];
  notAssessable: number;
  events: EventCounts | null;
  gradedMs: number;
}

/** `truth`: one for each slot. `events`: of the truth, where it knows any. */
export function casesOf(
  head: Head,
  slots: readonly ScoredSlot[],
  truth: readonly SlotTruth[],
  events: readonly Stretch[] | null,
): HeadCases {
  const cases: GradedCase[] = [];
  const positive: { startMs: number; endMs: number; knownAtMs: number }[] = [];
  let notAssessable = 0;
  let gradedMs = 0;
  for (const [i, scored] of slots.entries()) {
    const is = truth[i] ?? null;
    if (is === null) continue;
    const answer = head.answer(scored);
    if (answer === null) {
      notAssessable += 1;
      continue;
    }
    const { startMs, endMs } = scored.slot;
    gradedMs += endMs - startMs;
    cases.push({ ...answer, truth: is });
    if (answer.positive) positive.push({ startMs, endMs, knownAtMs: endMs });
  }
  return { head, cases, notAssessable, events: events && gradeEvents(events, positive), gradedMs };
}

/** The answers of one head to several recordings as one sample. */
export function joinCases(parts: readonly HeadCases[]): HeadCases {
  const sum = (of: (part: HeadCases) => number) => parts.reduce((total, part) => total + of(part), 0);
  const events = parts.flatMap((part) => part.events ?? []);
  const count = (of: (each: EventCounts) => number) => events.reduce((total, each) => total + of(each), 0);
  return {
    head: parts[0]!.head,
    cases: parts.flatMap(({ cases }) => cases),
    notAssessable: sum(({ notAssessable }) => notAssessable),
    gradedMs: sum(({ gradedMs }) => gradedMs),
    events:
      events.length === 0
        ? null
        : {
            events: count((each) => each.events),
            found: count(({ found }) => found),
            falseAlarms: count(({ falseAlarms }) => falseAlarms),
            delaysMs: events.flatMap(({ delaysMs }) => delaysMs),
          },
  };
}

export function gradeOfCases({ head, cases, notAssessable, events, gradedMs }: HeadCases): HeadGrade {
  const { condition, method, probabilities } = head;
  return {
    ...{ condition, method },
    ...gradeCases(cases, probabilities),
    notAssessable,
    events: events && {
      sensitivity: shareEstimate({ matched: events.found, of: events.events }),
      falseAlarms: events.falseAlarms,
      falseAlarmsPerHour: gradedMs === 0 ? null : (events.falseAlarms * 3_600_000) / gradedMs,
      delay: delaySummaryOf(events.delaysMs),
    },
  };
}
