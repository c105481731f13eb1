import type { SloResult, Verdict } from '@gaitway/contract';
import { type VerdictReport, verdictSummary, verdictText } from '../verdict/verdict-report.ts';
import type { RenderOptions } from './live-view.ts';
import { measuredText, numberText } from './number-text.ts';
import { plainTable } from './plain-table.ts';
import { fitted, harmless, type Style, styleOf } from './style.ts';

const WIDE_COLUMNS = 110;

/** The judge's answer: a heading and the table; the reasons in a column of their own, or below what does not hold. */
export function renderVerdictTable(report: VerdictReport, options: RenderOptions): string {
  const style = styleOf(options.colour);
  const { columns } = options;
  const wide = columns >= WIDE_COLUMNS;
  const head = ['Verdict', 'Metric', 'Promised', 'Measured', 'Samples'];
  const rows = report.results.map((result) => [
    shownVerdict(result.verdict, style) + (result.severity === 'should' ? ' *' : ''),
    result.metric,
    result.expression,
    measuredText(result.measured, result.unit),
    numberText(result.samples),
  ]);
  const why = report.results.map(whyText);
  const lines = [
    `${shownVerdict(report.verdict, style)}  ${style.strong(report.scenario)}, ${numberText(report.patients)} synthetic patients, seed ${report.seed}`,
    `${verdictSummary(report)}.`,
    wide
      ? plainTable(
          [...head, 'Why, and where to look'],
          rows.map((row, at) => [...row, why[at]!]),
          { columns },
          style,
        )
      : plainTable(
          head,
          rows,
          {
            columns,
            under: report.results.map(({ verdict }, at) => (verdict === 'holds' ? undefined : why[at])),
          },
          style,
        ),
  ];
  if (report.results.some(({ severity }) => severity === 'should'))
    lines.push('* should hold: printed, and does not decide.');
  for (const reason of report.generatorReasons) lines.push(`${style.bad('Generator')}: ${harmless(reason)}`);
  return fitted(lines.join('\n'), columns);
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
