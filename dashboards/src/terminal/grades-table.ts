import type { RunGrades } from '@gaitway/contract';
import { coverageText, shareText } from './grades-line.ts';
import type { RenderOptions } from './live-view.ts';
import { numberText, timeText } from './number-text.ts';
import { plainTable } from './plain-table.ts';
import { fitted, harmless, styleOf } from './style.ts';
import { shownVerdict } from './verdict-table.ts';

type Grade = RunGrades['conditions'][number];

const HEAD = ['Condition', 'True slots', 'Coverage', 'Positive from', 'Sensitivity', 'Specificity', 'AUROC'];

/** How the server's answers compare with the truth: a row for each condition, and why not where it fails. */
export function renderGradesTable(grades: RunGrades, options: RenderOptions): string {
  const style = styleOf(options.colour);
  const { verdict, reasons, conditions, falls } = grades;
  const lines = [
    `${shownVerdict(verdict, style)}  grades of the answers against what is true of the synthetic patients`,
    ...(conditions.length === 0
      ? []
      : [plainTable(HEAD, conditions.map(rowOf), { columns: options.columns }, style)]),
    ...conditions.map(eventText),
    ...conditions.flatMap(excusedText),
    ...(grades.ungraded ?? []).map(ungradedText),
    ...conditions.flatMap(({ condition, alerts }) => alertText(condition, alerts)),
    ...(falls === null
      ? []
      : [
          `falls${boostText(grades)}: ${falls.found} of ${falls.events} found, ${falls.falseAlarms} false alarms.`,
          ...alertText('falls', falls.alerts),
        ]),
    ...reasons.map((reason) => `- ${harmless(reason)}`),
  ];
  return fitted(lines.join('\n'), options.columns);
}

function rowOf(grade: Grade): string[] {
  const { condition, expected, positives, coverage, threshold, sensitivity, specificity, auroc } = grade;
  return [
    condition,
    `${numberText(positives)} of ${numberText(expected)}`,
    coverageText(coverage),
    threshold === undefined ? '-' : shareText(threshold / 1000),
    ...[sensitivity, specificity, auroc].map(shareText),
  ];
}

/** Falls that were made frequent are told as such: false alarms beside them are those of people who fall all day. */
const boostText = ({ fallBoost }: RunGrades): string =>
  fallBoost === undefined ? '' : ` (${numberText(fallBoost)} times as frequent as people's)`;

function eventText({ condition, calibrationError, events }: Grade): string {
  return `${condition}: calibration error ${shareText(calibrationError)}; ${events.found} of ${events.events} events found, ${events.falseAlarms} false alarms.`;
}

function ungradedText({ condition, reason }: { condition: string; reason: string }): string {
  return `${harmless(condition)}: not graded: ${harmless(reason)}.`;
}

function excusedText({ condition, excused }: Grade): string[] {
  const causes = Object.entries(excused).map(([cause, slots]) => `${numberText(slots)} (${cause})`);
  return causes.length === 0 ? [] : [`${condition}: needs no answer for ${causes.join(', ')} slots.`];
}

function alertText(what: string, { count, p50Ms, p95Ms, withoutEvent }: Grade['alerts']): string[] {
  if (count + withoutEvent === 0) return [];
  return [
    `${what}: ${count} alerts at viewers, from onset p50 ${timeText(p50Ms)}, p95 ${timeText(p95Ms)}; ${withoutEvent} alerts without an event.`,
  ];
}
