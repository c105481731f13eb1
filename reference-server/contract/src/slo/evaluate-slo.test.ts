import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateSlo } from './evaluate-slo.ts';
import type { Measurement } from './measurement.ts';
import { parseSlo, type SloWeight } from './parse-slo.ts';
import { selectorText } from './slo.ts';

function judge(text: string, measurement: Measurement | undefined, weight: SloWeight = {}) {
  const parsed = parseSlo(text, weight);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { slo } = parsed;
  return evaluateSlo(slo, new Map(measurement ? [[selectorText(slo.metric, slo.tags), measurement]] : []));
}
const trend = (samples: number, p95: number): Measurement => ({
  form: 'trend',
  samples,
  min: 1,
  max: 900,
  avg: 40,
  percentile: (percentile) => (percentile === 95 ? p95 : undefined),
});
const found = (samples: number, count: number): Measurement => ({ form: 'counter', samples, count });

describe('an SLO against what was measured', () => {
  it.each<[text: string, measured: Measurement | undefined, verdict: string, value: number | null]>([
    ['ack_latency: p(95)<200', trend(200, 199.9), 'holds', 199.9],
    ['ack_latency: p(95)<200', trend(200, 200), 'fails', 200],
    ['ack_latency: p(95)<=200', trend(200, 200), 'holds', 200],
    ['ack_latency: p(95)<200', trend(199, 1), 'invalid', 1],
    ['ack_latency: p(95)<200', trend(0, 1), 'invalid', null],
    ['ack_latency: p(95)<200', undefined, 'no-verdict', null],
    ['ack_latency: p(95)<200', { form: 'missing', says: 'nobody looked' }, 'no-verdict', null],
    ['ack_latency: p(97)<200', trend(9999, 1), 'no-verdict', null],
    ['ack_latency: max<200', trend(9999, 1), 'fails', 900],
    ['ack_latency: avg<41', trend(9999, 1), 'holds', 40],
    ['audit: count==0', found(1, 0), 'holds', 0],
    ['audit: count==0', found(5, 2), 'fails', 2],
    ['audit: count==0', found(0, 0), 'no-verdict', null],
    ['audit: count==0', found(0, 3), 'fails', 3],
    ['audit{category:late}: count<10', found(0, 3), 'no-verdict', null],
    ['generator_valid: value==1', { form: 'gauge', samples: 1, value: 1 }, 'holds', 1],
    ['generator_valid: value==1', { form: 'gauge', samples: 1, value: 0 }, 'invalid', 0],
    ['devices_connected: rate>=0.99', { form: 'rate', samples: 100, matched: 99 }, 'holds', 0.99],
    ['devices_connected: rate>=0.99', { form: 'rate', samples: 0, matched: 0 }, 'invalid', null],
    ['readings_sent: rate>10', { form: 'counter', samples: 30, count: 30, seconds: 2 }, 'holds', 15],
    ['readings_sent: rate>10', { form: 'counter', samples: 30, count: 30 }, 'no-verdict', null],
  ])('%s, case %#: %s gives %s', (text, measured, verdict, value) => {
    expect(judge(text, measured)).toMatchObject({ verdict, measured: value });
  });

  it('never holds without samples or with fewer than it asks for, whatever was measured', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('avg', 'max', 'p(95)'),
        fc.constantFrom('<', '<=', '>', '>=', '==', '!='),
        fc.double({ min: -1, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 0, max: 1000 }),
        (statistic, operator, limit, leastSamples, fewer) => {
          const samples = fewer % leastSamples;
          const result = judge(`ack_latency: ${statistic}${operator}${limit}`, trend(samples, 3), {
            leastSamples,
          });
          expect(result.verdict).toBe('invalid');
        },
      ),
    );
  });

  it('says of a failure what was measured and what was promised', () => {
    expect(judge('ack_latency: p(95)<200', trend(300, 240.12345)).says).toBe(
      'p(95) is 240.12 ms; promised is < 200 ms.',
    );
  });

  it('names the input that is missing', () => {
    expect(judge('audit: count==0', { form: 'missing', says: 'no archive was given' }).says).toBe(
      'No archive was given.',
    );
  });

  it('does not take a number that is none for a measurement', () => {
    expect(judge('ack_latency: p(95)!=1', trend(300, Number.NaN)).verdict).toBe('no-verdict');
  });
});
