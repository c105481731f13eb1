import { stripVTControlCharacters } from 'node:util';
import { AUDIT_CATEGORIES, type RunAudit, type SloResult } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { renderAuditTable } from '../terminal/audit-table.ts';
import { renderDoctorTable } from '../terminal/doctor-table.ts';
import { renderRequirementsTable } from '../terminal/requirements-table.ts';
import { widthOf } from '../terminal/style.ts';
import { renderVerdictTable } from '../terminal/verdict-table.ts';
import { renderVerdictJunit } from './verdict-junit.ts';
import { renderVerdictMarkdown } from './verdict-markdown.ts';
import type { VerdictReport } from './verdict-report.ts';

const result = (changes: Partial<SloResult> = {}): SloResult => ({
  subject: 'latency',
  severity: 'must',
  metric: 'ack_latency',
  expression: 'p(95)<200',
  unit: 'ms',
  verdict: 'holds',
  measured: 12,
  samples: 1300,
  leastSamples: 500,
  says: 'True of 1300 readings.',
  evidence: 'latency.ack',
  ...changes,
});
const report: VerdictReport = {
  scenario: 'mvp',
  seed: 7,
  patients: 100,
  verdict: 'fails',
  interrupted: false,
  generatorReasons: [],
  results: [
    result(),
    result({ verdict: 'fails', measured: 240, says: 'p(95) is 240 ms & <b>|"slow"</b>\u0001.' }),
    result({ verdict: 'invalid', samples: 3, measured: null }),
    result({ severity: 'should', verdict: 'fails' }),
  ],
};
const auditOfNothing = {
  ...Object.fromEntries(AUDIT_CATEGORIES.map((category) => [category, 0])),
  ...{
    verdict: 'no-verdict',
    reasons: ['no complete window was compared, and so nothing can be said of it all'],
  },
  compared: { readings: 0, stored: 0, windows: { complete: 0, partial: 0 }, recomputed: 0, watched: 0 },
  examples: [],
} as unknown as RunAudit;
const widest = (text: string): number => Math.max(...text.split('\n').map(widthOf));
const narrow = { columns: 80, colour: false };

describe('renderings of a verdict', () => {
  it('say it in a table that fits the terminal, with the reasons of what does not hold', () => {
    for (const columns of [80, 109, 110, 120]) {
      const text = renderVerdictTable(report, { columns, colour: false });
      expect(widest(text)).toBeLessThanOrEqual(columns);
      for (const part of [
        'FAILS',
        'INVALID',
        'HOLDS',
        '240 ms',
        '1,300',
        'synthetic',
        'Of 3 that must hold: 1 holds, 1 fails, 1 is invalid.',
        'p(95) is 240 ms',
      ]) {
        expect(text).toContain(part);
      }
    }
  });

  it('say a long reason in full, under its row where the terminal is narrow and beside it where it is wide', () => {
    const evidence = `latency.ack, ${'series of every second; '.repeat(9)}the_longest_${'path'.repeat(60)}`;
    const long = { ...report, results: [result({ verdict: 'fails', says: 'Slow.', evidence })] };
    for (const columns of [80, 140, 400]) {
      const text = renderVerdictTable(long, { columns, colour: false });
      expect(widest(text)).toBeLessThanOrEqual(columns);
      expect(text.replace(/[\s│]/g, '')).toContain(`Slow.See${evidence.replace(/\s/g, '')}`);
    }
    expect(widest(renderVerdictTable(long, { columns: 140, colour: false }))).toBe(140);
  });

  it('let no text from elsewhere steer the terminal', () => {
    const says = 'wiped\u001b[2J';
    const text = renderVerdictTable({ ...report, results: [result({ verdict: 'fails', says })] }, narrow);
    expect(text).toContain('wiped\ufffd[2J');
    expect(text).not.toContain('\u001b');
  });

  it('say the same with colour and without', () => {
    const coloured = renderVerdictTable(report, { columns: 80, colour: true });
    expect(coloured).toContain('\u001b[');
    expect(stripVTControlCharacters(coloured)).toBe(renderVerdictTable(report, narrow));
  });

  it('fit tables of requirements, of the doctor and of the audit, and cut off nothing', () => {
    const what = 'file descriptors per worker process of this very long name';
    const hint = 'use 4 source addresses, or play it from several machines with a share of the fleet each';
    const fix = `redis-server --dir ${'/folder'.repeat(20)}`;
    const late = 123_456_789;
    for (const columns of [80, 100, 140]) {
      const options = { columns, colour: false };
      const text = [
        renderRequirementsTable([{ what, needed: '100,000', there: '28,232', fits: 'no', hint }], options),
        renderDoctorTable([{ what: 'Redis', state: 'optional', found: 'not set', fix }], options),
        renderAuditTable({ ...auditOfNothing, late }, options),
      ].join('\n');
      expect(widest(text)).toBeLessThanOrEqual(columns);
      const joined = text.replace(/[\s│]/g, '');
      for (const part of ['TOO LITTLE', hint, `fix: ${fix}`, '123,456,789'])
        expect(joined).toContain(part.replace(/\s/g, ''));
      expect(text).not.toContain('…');
    }
  });

  it('count in JUnit what the cases say', () => {
    const xml = renderVerdictJunit(report, 75);
    expect(xml).toContain('tests="4" failures="1" errors="1" skipped="1" time="75.000"');
    const count = (pattern: RegExp) => xml.match(pattern)?.length ?? 0;
    expect([count(/<testcase /g), count(/<failure /g), count(/<error /g), count(/<skipped /g)]).toEqual([
      4, 1, 1, 1,
    ]);
  });

  it('escape what would be XML, and replace what XML does not have', () => {
    const xml = renderVerdictJunit(report, 1);
    expect(xml).toContain('240 ms &amp; &lt;b&gt;|&quot;slow&quot;&lt;/b&gt;\ufffd.');
    expect(xml).not.toContain('\u0001');
  });

  it('keep a row of Markdown in one line, with nothing that acts as markup', () => {
    const markdown = renderVerdictMarkdown({
      ...report,
      results: [result({ verdict: 'fails', says: 'a | b\n<script>*' })],
    });
    expect(markdown).toContain('a \\| b &lt;script&gt;\\*');
    expect(markdown.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3);
  });
});
