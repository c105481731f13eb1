import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUDIT_CATEGORIES } from '../audit-categories.ts';
import { SLO_METRICS, type SloMetricKey } from './metrics.ts';
import { parseSlo } from './parse-slo.ts';
import { parseThresholds } from './parse-thresholds.ts';
import { leastSamplesDefault, OPERATORS, type Slo, type Statistic, sloText, statisticsOf } from './slo.ts';

const read = (text: string): Slo => {
  const parsed = parseSlo(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.slo;
};

describe('reading an SLO', () => {
  it.each([
    ['ack_latency: p(95)<200', 'ack_latency: p(95)<200'],
    ['ack_latency:p(99.9)<=500', 'ack_latency: p(99.9)<=500'],
    ['  ack_latency  :  p( 95 )  <  2e2 ', 'ack_latency: p(95)<200'],
    ['ack_latency: avg<.5', 'ack_latency: avg<0.5'],
    ['ack_latency: med!=3', 'ack_latency: med!=3'],
    ['viewer_freshness_window: max>=0', 'viewer_freshness_window: max>=0'],
    ['audit: count===0', 'audit: count==0'],
    ['audit{category:lost}: count == 0', 'audit{category:lost}: count==0'],
    ['audit{ category : lost }: count==0', 'audit{category:lost}: count==0'],
    ['readings_not_sent_on_time: rate<0.001', 'readings_not_sent_on_time: rate<0.001'],
    ['readings_sent: rate>-1', 'readings_sent: rate>-1'],
    ['generator_valid: value==1', 'generator_valid: value==1'],
  ])("takes '%s'", (text, canonical) => {
    expect(sloText(read(text))).toBe(canonical);
  });

  it.each<[text: string, column: number, says: string, hint: string]>([
    ['', 1, 'no metric is named', 'begin with one of'],
    ['ack_latency', 12, "no ':' parts", 'ack_latency: p(95)<200'],
    ['ack_latencies: p(95)<200', 1, "no metric 'ack_latencies'", "'ack_latency'"],
    ['ack_latency: p(950)<200', 16, "'950' is no percentile", '0 to 100'],
    ['ack_latency: p<200', 15, 'p needs its percentile', 'p(95)'],
    ['ack_latency: p95<200', 14, "no statistic 'p95'", 'write p(95)'],
    ['ack_latency: p(95<200', 18, 'never closed', 'p(95)'],
    ['ack_latency: mean<200', 14, "no statistic 'mean'", 'avg'],
    ['ack_latency: avg(3)<200', 17, 'takes no brackets', 'avg alone'],
    ['ack_latency: count<200', 14, "'count' cannot be asked of ack_latency", 'p(N)'],
    ['ack_latency: p(95)=200', 19, "'=' is no operator", '=='],
    ['ack_latency: p(95)=>200', 19, "'=>' is no operator", '>='],
    ['ack_latency: p(95) 200', 20, 'no operator', '<'],
    ['ack_latency: p(95)<', 20, 'no number', '200'],
    ['ack_latency: p(95)<fast', 20, 'no number', '200'],
    ['ack_latency: p(95)<1e999', 20, 'too large', '200'],
    ['ack_latency: p(95)<200ms', 23, "carries a unit, 'ms'", 'times are in ms'],
    ['readings_not_sent_on_time: rate<1%', 34, "carries a unit, '%'", '0 to 1'],
    ['ack_latency: p(95)<200 && p(99)<500', 24, 'one expression', 'of its own'],
    ['ack_latency{kind:x}: p(95)<200', 13, "no tag 'kind'", 'leave out the braces'],
    ['audit{categry:lost}: count==0', 7, "no tag 'categry'", "'category'"],
    ['audit{category:last}: count==0', 16, "no value of the tag 'category'", "'lost'"],
    ['audit{category}: count==0', 7, 'is not a tag', 'tag:value'],
    ['audit{category:lost: count==0', 30, "no ':' parts", 'ack_latency'],
    ['toString: value==1', 1, "no metric 'toString'", 'there is'],
  ])("says what is wrong with '%s', and where", (text, column, says, hint) => {
    const parsed = parseSlo(text);
    expect(parsed.ok).toBe(false);
    const problems = parsed.ok ? [] : parsed.problems;
    const found = problems.find((problem) => problem.says.includes(says));
    expect(found, JSON.stringify(problems)).toMatchObject({ column, says: expect.stringContaining(says) });
    expect(found?.hint).toContain(hint);
  });

  it('reports every problem of one SLO, from left to right', () => {
    const parsed = parseSlo('ack{a:b}: p(200)=<5ms');
    expect(parsed.ok ? [] : parsed.problems.map(({ column }) => column)).toEqual([1, 13, 17, 20]);
  });

  it('reads back what it writes, whatever the SLO', () => {
    const metrics = Object.keys(SLO_METRICS) as SloMetricKey[];
    const slos = fc.constantFrom(...metrics).chain((metric) =>
      fc.record({
        metric: fc.constant(metric),
        tags:
          metric === 'audit'
            ? fc.option(fc.record({ category: fc.constantFrom(...AUDIT_CATEGORIES) }), { nil: {} })
            : fc.constant({}),
        statistic: fc
          .constantFrom(...statisticsOf(metric))
          .chain((name) =>
            name === 'p(N)'
              ? fc.integer({ min: 0, max: 1000 }).map((n): Statistic => ({ name: 'p', percentile: n / 10 }))
              : fc.constant({ name } as Statistic),
          ),
        operator: fc.constantFrom(...OPERATORS),
        limit: fc.double({ noNaN: true, noDefaultInfinity: true }).map((limit) => limit + 0),
      }),
    );
    fc.assert(
      fc.property(slos, ({ tags, ...rest }) => {
        const slo: Slo = {
          ...rest,
          tags: tags ?? {},
          severity: 'must',
          leastSamples: leastSamplesDefault(rest.statistic),
        };
        expect(read(sloText(slo))).toEqual(slo);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, and points into the text or just behind it', () => {
    const near = fc.string({ unit: fc.constantFrom(...'audit_lenc{}:()<>=p959.&% '), maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        const parsed = parseSlo(text);
        if (parsed.ok) return;
        expect(parsed.problems.length).toBeGreaterThan(0);
        for (const { column } of parsed.problems) {
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual(text.length + 1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('asks for ten samples beyond a percentile where no number is stated', () => {
    expect(read('ack_latency: p(95)<1').leastSamples).toBe(200);
    expect(read('ack_latency: p(99)<1').leastSamples).toBe(1000);
    expect(read('ack_latency: p(99.9)<1').leastSamples).toBe(10_000);
    expect(read('ack_latency: med<1').leastSamples).toBe(20);
    expect(read('ack_latency: max<1').leastSamples).toBe(1);
  });

  it('does not take a least number of samples below 1', () => {
    for (const leastSamples of [0, -1, 1.5, Number.NaN]) {
      expect(parseSlo('audit: count==0', { leastSamples }).ok).toBe(false);
    }
  });
});

describe("reading k6's thresholds option", () => {
  it('takes lists, single texts and objects', () => {
    const { slos, problems } = parseThresholds({
      ack_latency: [
        'p(95)<200',
        { threshold: 'p(99)<500', severity: 'should', leastSamples: 30, abortOnFail: false },
      ],
      'audit{category:lost}': 'count==0',
    });
    expect(problems).toEqual([]);
    expect(slos.map(sloText)).toEqual([
      'ack_latency: p(95)<200',
      'ack_latency: p(99)<500',
      'audit{category:lost}: count==0',
    ]);
    expect(slos[1]).toMatchObject({ severity: 'should', leastSamples: 30 });
  });

  it('reports every problem with its path, and keeps what is right', () => {
    const { slos, problems } = parseThresholds({
      ack_latency: ['p(95)<200', 'p(99)<', 7],
      audit: [],
      generator_valid: [{ threshold: 'value==1', abortOnFail: true, sverity: 'must' }],
    });
    expect(slos.map(sloText)).toEqual(['ack_latency: p(95)<200']);
    expect(problems.map(({ path }) => path)).toEqual([
      "['ack_latency'][1]",
      "['ack_latency'][2]",
      "['audit']",
      "['generator_valid'][0].sverity",
      "['generator_valid'][0].abortOnFail",
    ]);
  });

  it.each([[null], [[]], ['p(95)<200'], [3]])('says that %j is not an object', (thresholds) => {
    expect(parseThresholds(thresholds).problems).toHaveLength(1);
  });
});
