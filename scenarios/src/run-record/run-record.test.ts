import { readFileSync } from 'node:fs';
import type { RunAudit, RunGenerator } from '@gaitway/contract';
import type { AuditResult, GeneratorVerdict } from '@gaitway/simulator';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { sampleRunRecord } from './run-record.fixture.ts';
import { runRecordSchemaText } from './run-record-schema-text.ts';
import { validateRunRecord } from './validate-run-record.ts';

describe('a run record', () => {
  it('with every key filled is valid, also after a trip through JSON', () => {
    const record = sampleRunRecord();
    expect(validateRunRecord(record)).toEqual([]);
    expect(validateRunRecord(JSON.parse(JSON.stringify(record)))).toEqual([]);
  });

  it('may leave out its notes and nothing else', () => {
    const record = sampleRunRecord();
    const needed = Object.keys(record).filter((key) => {
      const { [key as keyof typeof record]: _, ...rest } = record;
      return validateRunRecord(rest).length > 0;
    });
    expect(Object.keys(record).filter((key) => !needed.includes(key))).toEqual(['notes']);
  });

  it('gets every problem reported, with its place', () => {
    const record = sampleRunRecord();
    const { seed: _, ...rest } = record;
    const wrong = {
      ...rest,
      verdict: 'perhaps',
      extra: 1,
      latency: { ack: { ...record.latency.ack, p95Ms: 'fast' } },
      load: { ...record.load, sent: -1 },
    };
    const problems = validateRunRecord(wrong);
    expect(new Set(problems.map(({ path }) => path))).toEqual(
      new Set(['/seed', '/verdict', '/extra', '/latency/ack/p95Ms', '/load/sent']),
    );
    expect(problems.find(({ path }) => path === '/verdict')?.says).toContain(
      'holds, no-verdict, invalid, fails',
    );
  });

  it.each([[null], [[]], ['x'], [7]])('%j is none', (value) => {
    expect(validateRunRecord(value)).toHaveLength(1);
  });

  it('of another version is refused in one sentence', () => {
    const problems = validateRunRecord({ ...sampleRunRecord(), runRecordVersion: 2 });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.says).toContain('version 2');
  });

  it('takes the result of an audit as it is', () => {
    expectTypeOf<AuditResult>().toExtend<RunAudit>();
    expectTypeOf<RunAudit['examples'][number]['category']>().toEqualTypeOf<
      AuditResult['examples'][number]['category']
    >();
  });

  it("takes the generator's verdict as it is", () => {
    expectTypeOf<GeneratorVerdict>().toExtend<RunGenerator>();
  });

  it('has its schema published as it is in the contract (else run scenarios/dist/write-run-record-schema.js)', () => {
    const published = readFileSync(new URL('../../../docs/run-record.schema.json', import.meta.url), 'utf8');
    expect(published).toBe(runRecordSchemaText());
  });
});
