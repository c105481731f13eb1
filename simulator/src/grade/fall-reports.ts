import type { RunGrades } from '@gaitway/contract';
import { quantileOf } from './delays.ts';
import type { ReportTotals } from './grade-counts.ts';
import type { FallReport } from './run-truth.ts';
import { RULE_SUBJECTS, type SeenAlert } from './seen-alert.ts';

type Reports = NonNullable<NonNullable<RunGrades['falls']>['reports']>;

/** So far a device's clock, and with it the moment that an alert names, may be from the schedule's. */
const CLOCK_SLACK_MS = 200;

/** When viewers had the alert of each report of a device. What the server thinks of a fall afterwards does not matter here. */
export function countReports(reports: readonly FallReport[], alerts: readonly SeenAlert[]): ReportTotals {
  const counted: ReportTotals = { delaysMs: [], unseen: 0 };
  const falls = alerts.filter(({ rule }) => RULE_SUBJECTS[rule] === 'fall');
  for (const { atMs, dueMs } of reports) {
    const alert = falls.find((fall) => Math.abs(fall.atMs - atMs) <= CLOCK_SLACK_MS);
    if (alert === undefined || alert.seenAtMs === null) counted.unseen += 1;
    else counted.delaysMs.push(alert.seenAtMs - dueMs);
  }
  return counted;
}

/** The delays of reports; one that was never seen is later than all that were. `undefined`: nothing was reported. */
export function reportsOf({ delaysMs, unseen }: ReportTotals): Reports | undefined {
  const reported = delaysMs.length + unseen;
  if (reported === 0) return undefined;
  const sorted = [...delaysMs].sort((one, other) => one - other);
  const ranked = [...sorted, ...new Array<number>(unseen).fill(Number.POSITIVE_INFINITY)];
  const quantile = (share: number) => {
    const found = quantileOf(ranked, share);
    return found === null || found === Number.POSITIVE_INFINITY ? null : found;
  };
  return { reported, unseen, p50Ms: quantile(0.5), p95Ms: quantile(0.95), maxMs: sorted.at(-1) ?? null };
}
