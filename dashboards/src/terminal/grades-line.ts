import type { RunGrades } from '@gaitway/contract';
import { harmless } from './style.ts';

/** The grades in one line, for a run's summary. */
export function gradesLine({ conditions, reasons, fallBoost }: RunGrades): string {
  if (conditions.length === 0) return `Grades: none (${harmless(reasons.join('; '))}).`;
  const each = conditions.map(
    ({ condition, auroc, sensitivity, specificity, coverage }) =>
      `${condition} AUROC ${shareText(auroc)}, sensitivity ${shareText(sensitivity)}, specificity ${shareText(specificity)}, coverage ${coverageText(coverage)}`,
  );
  const boosted = fallBoost === undefined ? '' : ` Falls are ${fallBoost} times as frequent as people's.`;
  return `Grades: ${each.join('; ')}.${boosted}`;
}

/** A grade to three digits; a dash where there is none. */
export function shareText(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}

/** Rounded down: what is just below a limit must not read as the limit. */
export function coverageText(coverage: number): string {
  return String(Math.floor(coverage * 10_000) / 10_000);
}
