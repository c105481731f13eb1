import { measuredText, numberText } from '../terminal/number-text.ts';
import { type VerdictReport, verdictSummary, verdictText } from './verdict-report.ts';

/** The verdict as GitHub Markdown, for `$GITHUB_STEP_SUMMARY` and for pull requests. */
export function renderVerdictMarkdown(report: VerdictReport): string {
  const lines = [
    `## ${verdictText(report.verdict).toUpperCase()}: ${escaped(report.scenario)}`,
    '',
    `${numberText(report.patients)} synthetic patients, seed ${report.seed}; ${escaped(verdictSummary(report))}.`,
    '',
    '| Verdict | Metric | Promised | Measured | Samples | Weight | Why | Evidence |',
    '|---|---|---|---:|---:|---|---|---|',
    ...report.results.map((result) => {
      const cells = [
        result.verdict === 'holds' ? 'holds' : `**${verdictText(result.verdict)}**`,
        escaped(result.metric),
        escaped(result.expression),
        measuredText(result.measured, result.unit),
        numberText(result.samples),
        result.severity,
        escaped(result.says),
        escaped(result.evidence),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
  if (report.generatorReasons.length > 0) {
    lines.push(
      '',
      'The load generator was the bottleneck:',
      '',
      ...report.generatorReasons.map((reason) => `- ${escaped(reason)}`),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** What would end a cell, open a tag or begin markup is written so that it is shown. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_[\]|]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\s*\r?\n\s*/g, ' ');
}
