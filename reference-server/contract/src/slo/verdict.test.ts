import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  combineVerdicts,
  exitCodeOfVerdict,
  SEVERITIES,
  type Severity,
  SUBJECTS,
  type Subject,
  VERDICTS,
  type Verdict,
  type VerdictItem,
} from './verdict.ts';

type Row = [subject: Subject, severity: Severity, verdict: Verdict];
const items = (...rows: Row[]): VerdictItem[] =>
  rows.map(([subject, severity, verdict]) => ({ subject, severity, verdict }));

describe('the verdict of a run', () => {
  it.each<[says: string, items: VerdictItem[], valid: boolean, verdict: Verdict]>([
    ['no item is no verdict', [], true, 'no-verdict'],
    ['no item is no verdict in an invalid run either', [], false, 'no-verdict'],
    ['one that holds', items(['latency', 'must', 'holds']), true, 'holds'],
    [
      'a missing input is worse than holding',
      items(['latency', 'must', 'holds'], ['audit', 'must', 'no-verdict']),
      true,
      'no-verdict',
    ],
    [
      'invalid is worse than a missing input',
      items(['latency', 'must', 'invalid'], ['audit', 'must', 'no-verdict']),
      true,
      'invalid',
    ],
    [
      'failing is worse than invalid',
      items(['latency', 'must', 'invalid'], ['load', 'must', 'fails']),
      true,
      'fails',
    ],
    [
      'should items are printed only',
      items(['latency', 'must', 'holds'], ['latency', 'should', 'fails']),
      true,
      'holds',
    ],
    ['should items alone decide nothing', items(['latency', 'should', 'holds']), true, 'no-verdict'],
    [
      'declared items do not count',
      items(['latency', 'must', 'holds'], ['cost', 'declared', 'fails']),
      true,
      'holds',
    ],
    ['declared items alone decide nothing', items(['cost', 'declared', 'holds']), true, 'no-verdict'],
    ['latency cannot fail in an invalid run', items(['latency', 'must', 'fails']), false, 'invalid'],
    ['freshness cannot fail in an invalid run', items(['freshness', 'must', 'fails']), false, 'invalid'],
    ['cost cannot fail in an invalid run', items(['cost', 'must', 'fails']), false, 'invalid'],
    [
      'the audit can fail in an invalid run',
      items(['audit', 'must', 'fails'], ['latency', 'must', 'holds']),
      false,
      'fails',
    ],
    ['a clean audit does not save an invalid run', items(['audit', 'must', 'holds']), false, 'invalid'],
    [
      'nothing else missing makes an invalid run less invalid',
      items(['audit', 'must', 'no-verdict']),
      false,
      'invalid',
    ],
  ])('%s', (_, list, valid, verdict) => {
    expect(combineVerdicts(list, valid)).toBe(verdict);
  });

  const anyItem = fc.record({
    subject: fc.constantFrom(...SUBJECTS),
    severity: fc.constantFrom(...SEVERITIES),
    verdict: fc.constantFrom(...VERDICTS),
  });

  it('does not depend on the order of the items', () => {
    fc.assert(
      fc.property(fc.array(anyItem), fc.boolean(), (list, valid) => {
        expect(combineVerdicts([...list].reverse(), valid)).toBe(combineVerdicts(list, valid));
      }),
    );
  });

  it('never gets better by one more must item', () => {
    fc.assert(
      fc.property(fc.array(anyItem, { minLength: 1 }), anyItem, fc.boolean(), (list, item, valid) => {
        const deciding = list.map((each) => ({ ...each, severity: 'must' as const }));
        const before = VERDICTS.indexOf(combineVerdicts(deciding, valid));
        const after = VERDICTS.indexOf(combineVerdicts([...deciding, { ...item, severity: 'must' }], valid));
        expect(after).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  it('never holds in an invalid run', () => {
    fc.assert(
      fc.property(fc.array(anyItem), (list) => {
        expect(combineVerdicts(list, false)).not.toBe('holds');
      }),
    );
  });
});

describe('the exit code of a verdict', () => {
  it.each<[Verdict, number]>([
    ['holds', 0],
    ['fails', 99],
    ['invalid', 98],
    ['no-verdict', 96],
  ])('%s exits with %i', (verdict, code) => {
    expect(exitCodeOfVerdict(verdict)).toBe(code);
    expect(exitCodeOfVerdict(verdict, { interrupted: true })).toBe(105);
  });

  it('is 0 without a verdict only where that was allowed', () => {
    expect(exitCodeOfVerdict('no-verdict', { allowNoVerdict: true })).toBe(0);
    expect(exitCodeOfVerdict('fails', { allowNoVerdict: true })).toBe(99);
    expect(exitCodeOfVerdict('invalid', { allowNoVerdict: true })).toBe(98);
  });
});
