import {
  type RunAudit,
  type RunGrades,
  type RunRecord,
  SLO_METRICS,
  type SloMetricKey,
  selectorText,
} from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { cleanAudit, goodGrades, sampleRunRecord } from '../run-record/run-record.fixture.ts';
import { mvp } from '../scenarios/mvp.ts';
import { slosOf } from '../scenarios/scenario.ts';
import { judgeRun } from './judge.ts';
import { judgeGrades } from './judge-grades.ts';
import { measurementsOfRun } from './measurements-of-run.ts';

const judged = (changes: Partial<RunRecord>) => judgeRun(sampleRunRecord(changes), mvp.slos);
const verdictOf = (changes: Partial<RunRecord>, metric: string) =>
  judged(changes).results.find((result) => result.metric === metric)?.verdict;
const slow = (p95Ms: number) => ({ ack: { ...sampleRunRecord().latency.ack, p95Ms } });
const lagged = { valid: false, reasons: ['It lagged by 80 ms.'], processes: [] };

describe('judging a run', () => {
  it('holds when everything is as promised', () => {
    const { verdict, results } = judged({});
    expect(results.map((result) => result.verdict)).toEqual(mvp.slos.map(() => 'holds'));
    expect(verdict).toBe('holds');
  });

  it('fails when latency is above its limit', () => {
    expect(judged({ latency: slow(200) }).verdict).toBe('fails');
  });

  it('fails when the audit found one lost reading, and quotes the example', () => {
    const example: RunAudit['examples'][number] = {
      category: 'lost',
      patient: 'p1',
      startMs: 0,
      identities: [],
      expected: '',
      found: '',
      says: 'Patient p1 lost one.',
    };
    const audit = cleanAudit({ verdict: 'fails', lost: 1, examples: [example] });
    expect(judged({ audit }).verdict).toBe('fails');
    expect(judged({ audit }).results.find(({ metric }) => metric === 'audit')?.evidence).toBe(
      'Patient p1 lost one.',
    );
  });

  it.each(['late', 'droppedByDevice', 'unacknowledgedButStored'] as const)(
    'does not call %s a fault of the server',
    (category) => {
      expect(judged({ audit: cleanAudit({ [category]: 9 }) }).verdict).toBe('holds');
    },
  );

  it('gives no verdict, and says why, when the run was not audited', () => {
    const audit = cleanAudit({
      verdict: 'no-verdict',
      reasons: ['the target has no archive that can be read'],
    });
    const { verdict, results } = judged({ audit });
    expect(verdict).toBe('no-verdict');
    expect(results.find(({ metric }) => metric === 'audit')?.says).toContain('no archive that can be read');
  });

  it('fails on what half an audit found', () => {
    expect(
      judged({ audit: cleanAudit({ verdict: 'no-verdict', reasons: ['cut short'], duplicated: 2 }) }).verdict,
    ).toBe('fails');
  });

  it('gives no verdict on a metric that nobody measured', () => {
    const nothing = {
      count: 0,
      minMs: null,
      meanMs: null,
      p50Ms: null,
      p90Ms: null,
      p95Ms: null,
      p99Ms: null,
      p999Ms: null,
      maxMs: null,
    };
    const { viewer } = sampleRunRecord().freshness;
    const reading = { ...viewer.reading, ...nothing };
    expect(verdictOf({ freshness: { viewer: { ...viewer, reading } } }, 'viewer_freshness_reading')).toBe(
      'no-verdict',
    );
  });

  it('gives no verdict of a load that was not played, whatever was measured and however few samples there are', () => {
    const { load, latency } = sampleRunRecord();
    const ack = { ...latency.ack, count: 12 };
    const less = { ...load, madeInMeasure: load.planned / 2, commands: { rate: 100 } };
    for (const changes of [{ load: less }, { load: less, latency: { ack } }]) {
      const { verdict, results } = judged(changes);
      expect(verdict).toBe('no-verdict');
      expect(results.find(({ metric }) => metric === 'readings_made')).toMatchObject({
        verdict: 'no-verdict',
        measured: 0.5,
        says: 'Of 1300 planned readings 650 were made: the server told devices another rate (100 `rate` commands).',
      });
    }
    expect(judged({ load: less, generator: lagged }).verdict).toBe('invalid');
    expect(judged({ load: less, latency: slow(200) }).verdict).toBe('fails');
    expect(judged({ load: { ...load, commands: { rate: 100 } } }).verdict).toBe('holds');
    expect(verdictOf({ load: less, interrupted: true }, 'readings_made')).toBe('no-verdict');
  });

  it('fails when a server of its own ended, in an invalid run and with too few samples as well', () => {
    const ownServers = {
      started: 1,
      ended: ['The server process server-0 ended by SIGKILL during the run.'],
    };
    const latency = { ack: { ...sampleRunRecord().latency.ack, count: 12 } };
    for (const changes of [{}, { latency }, { generator: lagged }, { interrupted: true }]) {
      const { verdict, results } = judged({ ownServers, ...changes });
      expect(verdict).toBe('fails');
      expect(results.find(({ metric }) => metric === 'server_ended')?.says).toBe(ownServers.ended[0]);
    }
  });

  it('is invalid with too few samples', () => {
    const latency = { ack: { ...sampleRunRecord().latency.ack, count: 12 } };
    expect(judged({ latency }).verdict).toBe('invalid');
  });

  it('is invalid when the generator lagged: slow is not called slow, fast is not called fast', () => {
    for (const p95Ms of [1, 5000]) {
      const { verdict, results } = judged({ generator: lagged, latency: slow(p95Ms) });
      expect(verdict).toBe('invalid');
      expect(
        results.filter(({ subject }) => subject !== 'audit').every((result) => result.verdict === 'invalid'),
      ).toBe(true);
      // Where the reasons are, not the reasons: whoever shows the table shows them once, below it.
      expect(results.find(({ metric }) => metric === 'generator_valid')).toMatchObject({
        evidence: 'generator.reasons',
        says: 'The load generator was the bottleneck: see generator.reasons.',
      });
      expect(JSON.stringify(results)).not.toContain('It lagged by 80 ms.');
    }
  });

  it('fails in an invalid run when the audit is red', () => {
    expect(judged({ generator: lagged, audit: cleanAudit({ verdict: 'fails', phantom: 1 }) }).verdict).toBe(
      'fails',
    );
  });

  it('does not let a should item decide', () => {
    const slos = slosOf({ ack_latency: [{ threshold: 'p(95)<1', severity: 'should' }, 'p(95)<200'] });
    const { verdict, results } = judgeRun(sampleRunRecord(), slos);
    expect(verdict).toBe('holds');
    expect(results[0]?.verdict).toBe('fails');
  });

  it('has a measurement for every metric and tag that an SLO can name', () => {
    const measurements = measurementsOfRun(sampleRunRecord());
    for (const metric of Object.keys(SLO_METRICS) as SloMetricKey[])
      expect(measurements.has(metric)).toBe(true);
    expect(measurements.has(selectorText('audit', { category: 'late' }))).toBe(true);
  });
});

describe('grades in the verdict of a run', () => {
  const { conditions, ...rest } = goodGrades();
  const withTremor = (change: Partial<RunGrades['conditions'][number]>): RunGrades => ({
    ...rest,
    conditions: conditions.map((grade) => (grade.condition === 'tremor' ? { ...grade, ...change } : grade)),
  });

  it('fail it where a server left out answers, or gave ones that are no better than chance', () => {
    expect(judged({}).verdict).toBe('holds');
    expect(judged({ grades: withTremor({ answered: 1280, missing: 20 }) }).verdict).toBe('fails');
    expect(judged({ grades: withTremor({ auroc: 0.5 }) }).verdict).toBe('fails');
    expect(judged({ grades: withTremor({ calibrationError: 0.2 }) }).verdict).toBe('fails');
    // What only should hold is printed.
    expect(judged({ grades: withTremor({ calibrationError: 0.07 }) }).verdict).toBe('holds');
  });

  it('leave it open where there are none, and say why', () => {
    const grades: RunGrades = { ...rest, verdict: 'no-verdict', reasons: ['nobody knows'], conditions: [] };
    const { verdict, results } = judged({ grades });
    expect(verdict).toBe('no-verdict');
    expect(results.find(({ metric }) => metric === 'grade_coverage')?.says).toBe('Nobody knows.');
  });

  it('say nothing of a run whose generator was the bottleneck', () => {
    expect(judged({ grades: withTremor({ auroc: 0.5 }), generator: lagged }).verdict).toBe('invalid');
  });
});

describe('judging grades again', () => {
  const again = (grades: RunGrades) => {
    const record = sampleRunRecord();
    const { results } = judgeRun(record, mvp.slos);
    return judgeGrades(grades, results);
  };

  it('takes the promises on grades that the record holds, and no others', () => {
    const { verdict, results } = again(goodGrades());
    expect(verdict).toBe('holds');
    expect(results.every(({ metric }) => metric.startsWith('grade_'))).toBe(true);
    expect(results.length).toBeGreaterThan(3);
  });

  it('fails where one is broken, or too few slots were answered though nobody promised', () => {
    const { conditions, ...rest } = goodGrades();
    const [tremor, ...others] = conditions;
    expect(again({ ...rest, conditions: [{ ...tremor!, auroc: 0.4 }, ...others] }).verdict).toBe('fails');
    expect(judgeGrades({ ...goodGrades(), verdict: 'fails' }, []).verdict).toBe('fails');
  });
});
