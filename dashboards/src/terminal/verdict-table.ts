import type { SloResult, Verdict } from '@gaitway/contract';
import { type VerdictReport, verdictSummary, verdictText } from '../verdict/verdict-report.ts';
import type { RenderOptions } from './live-view.ts';
import { measuredText, numberText } from './number-text.ts';
import { plainTable, restOf } from './plain-table.ts';
import { harmless, type Style, styleOf } from './style.ts';

const WIDTHS = [12, 26, 14, 11, 10];
const WIDE_COLUMNS = 110;

/** The judge's answer: a heading, the table, and for a narrow terminal the reasons below it. */
export function renderVerdictTable(report: VerdictReport, options: RenderOptions): string {
  const style = styleOf(options.colour);
  const wide = options.columns >= WIDE_COLUMNS;
  const head = ['Verdict', 'Metric', 'Promised', 'Measured', 'Samples'];
  const rows = report.results.map((result) => [
    shownVerdict(result.verdict, style) + (result.severity === 'should' ? ' *' : ''),
    result.metric,
    result.expression,
    measuredText(result.measured, result.unit),
    numberText(result.samples),
  ]);
  const lines = [
    `${shownVerdict(report.verdict, style)}  ${style.strong(report.scenario)}, ${numberText(report.patients)} synthetic patients, seed ${report.seed}`,
    `${verdictSummary(report)}.`,
  ];
  if (wide) {
    const withWhy = rows.map((row, at) => [...row, whyText(report.results[at]!)]);
    lines.push(
      plainTable([...head, 'Why, and where to look'], withWhy, [...WIDTHS, restOf(options, WIDTHS)], style),
    );
  } else {
    lines.push(plainTable(head, rows, WIDTHS, style));
    for (const result of report.results.filter(({ verdict }) => verdict !== 'holds')) {
      lines.push(`- ${style.strong(`${result.metric} ${result.expression}`)}: ${whyText(result)}`);
    }
  }
  if (report.results.some(({ severity }) => severity === 'should'))
    lines.push('* should hold: printed, and does not decide.');
  for (const reason of report.generatorReasons) lines.push(`${style.bad('Generator')}: ${reason}`);
  return lines.join('\n');
}

function whyText({ says, evidence }: SloResult): string {
  return harmless(evidence === '' || says.includes(evidence) ? says : `${says} See ${evidence}`);
}

/** In capitals: it must stand out without colour too. */
export function shownVerdict(verdict: Verdict, style: Style): string {
  const text = verdictText(verdict).toUpperCase();
  if (verdict === 'holds') return style.good(text);
  return verdict === 'fails' ? style.bad(text) : style.doubtful(text);
}
