import { METRICS } from '@gaitway/contract';
import { createPrometheusMeter } from '@gaitway/reference-server';
import { expect, it } from 'vitest';
import { sumIn, valuesIn } from './metrics-text.ts';

it('values are those that servers count, by label, added up over all of them', async () => {
  const [one, other] = [createPrometheusMeter(), createPrometheusMeter()];
  one.counter('insightSentencesRemoved', { writer: 'model', reason: 'number_unsupported' }).add(3);
  one.counter('insightSentencesRemoved', { writer: 'built-in', reason: 'number_unsupported' }).add(1);
  other.counter('insightSentencesRemoved', { writer: 'model', reason: 'unknown_citation' }).add(2);
  other.counter('insightCalls').add(5);
  const texts = [(await one.metricsText()).text, (await other.metricsText()).text];
  const { insightSentencesRemoved, insightCalls, rollOutShare } = METRICS;
  expect(valuesIn(texts, insightSentencesRemoved, 'reason')).toEqual({
    number_unsupported: 4,
    unknown_citation: 2,
  });
  expect(valuesIn(texts, insightSentencesRemoved, 'writer')).toEqual({ model: 5, 'built-in': 1 });
  expect(sumIn(texts, insightSentencesRemoved)).toBe(6);
  expect(sumIn(texts, insightCalls)).toBe(5);
  // The name of one metric may be the beginning of another's: the duration of calls is no call.
  expect(sumIn(texts, { name: 'gaitway_insight' })).toBe(0);
  expect(valuesIn(texts, rollOutShare)).toEqual({});
  expect(sumIn([''], rollOutShare)).toBe(0);
});
