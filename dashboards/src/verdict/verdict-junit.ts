import type { SloResult } from '@gaitway/contract';
import { measuredText } from '../terminal/number-text.ts';
import { type VerdictReport, verdictText } from './verdict-report.ts';

/**
 * The verdict as JUnit XML: one test case for each SLO. What fails is a failure; invalid and no verdict are
 * errors, since they say nothing of the system; a *should* that does not hold is skipped, with its reason.
 */
export function renderVerdictJunit(report: VerdictReport, seconds: number): string {
  const deciding = report.results.filter(
    ({ severity, verdict }) => severity === 'must' && verdict !== 'holds',
  );
  const failures = deciding.filter(({ verdict }) => verdict === 'fails').length;
  const skipped = report.results.filter(
    ({ severity, verdict }) => severity !== 'must' && verdict !== 'holds',
  ).length;
  const counts = `tests="${report.results.length}" failures="${failures}" errors="${deciding.length - failures}" skipped="${skipped}"`;
  const name = `name="${escaped(`gaitway ${report.scenario}`)}"`;
  const properties = [
    ['seed', String(report.seed)],
    ['verdict', report.verdict],
    ['patients', String(report.patients)],
  ].map(([key, value]) => `      <property name="${key}" value="${escaped(value!)}"/>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${name} ${counts} time="${seconds.toFixed(3)}">`,
    `  <testsuite ${name} ${counts} time="${seconds.toFixed(3)}">`,
    '    <properties>',
    ...properties,
    '    </properties>',
    ...report.results.map((result) => testCase(result, report)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(result: SloResult, { scenario, generatorReasons }: VerdictReport): string {
  const open = `    <testcase classname="${escaped(`gaitway.${scenario}`)}" name="${escaped(`${result.metric} ${result.expression}`)}" time="0"`;
  if (result.verdict === 'holds') return `${open}/>`;
  const actual = `Actual value: ${measuredText(result.measured, result.unit)} of ${result.samples} samples. ${result.says}`;
  if (result.severity !== 'must') {
    return `${open}>\n      <skipped message="${escaped(`${verdictText(result.verdict)}: ${actual}`)}"/>\n    </testcase>`;
  }
  const element = result.verdict === 'fails' ? 'failure' : 'error';
  // JUnit has no place of its own for what all cases share.
  const body = escaped(result.subject === 'generator' ? generatorReasons.join(' ') : result.evidence);
  return `${open}>\n      <${element} type="${result.verdict}" message="${escaped(actual)}">${body}</${element}>\n    </testcase>`;
}

/** Characters that XML 1.0 does not have at all are replaced, the rest is escaped. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&apos;')
    .replace(/[\t\n\r]/g, (space) => `&#${space.charCodeAt(0)};`);
}
