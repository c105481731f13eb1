import { FALL_BACKS, SENTENCE_FAULTS } from '../insight.ts';
import { LATENCY_SECONDS, type Metric } from './metric.ts';

/** Insights, their writers, and the jobs that have them written. */
export const INSIGHT_METRICS = {
  insightsWritten: {
    name: 'gaitway_insights_written_total',
    kind: 'counter',
    unit: 'count',
    help: 'Insights that were saved for the first time, by writer.',
    labels: { writer: ['built-in', 'model'] },
  },
  insightSentencesKept: {
    name: 'gaitway_insight_sentences_kept_total',
    kind: 'counter',
    unit: 'count',
    help: 'Sentences whose claim was computed again and held, by writer.',
    labels: { writer: ['built-in', 'model'] },
  },
  insightSentencesRemoved: {
    name: 'gaitway_insight_sentences_removed_total',
    kind: 'counter',
    unit: 'count',
    help: 'Sentences that a writer offered and that were not kept, by writer and reason.',
    labels: { writer: ['built-in', 'model'], reason: SENTENCE_FAULTS },
  },
  insightFallBacks: {
    name: 'gaitway_insight_fall_backs_total',
    kind: 'counter',
    unit: 'count',
    help: 'Insights that the built-in writer wrote in place of the model, by reason.',
    labels: { reason: FALL_BACKS },
  },
  insightCalls: {
    name: 'gaitway_insight_calls_total',
    kind: 'counter',
    unit: 'count',
    help: 'Calls of the model API. Over gaitway_windows_closed_total it is the calls per window that a plan claims.',
  },
  insightCallFailures: {
    name: 'gaitway_insight_call_failures_total',
    kind: 'counter',
    unit: 'count',
    help: 'Calls of the model API without a usable answer, by reason.',
    labels: {
      reason: [
        'time_limit',
        'unreachable',
        'rate_limited',
        'refused',
        'server_error',
        'too_long',
        'bad_answer',
      ],
    },
  },
  insightCallDuration: {
    name: 'gaitway_insight_call_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    help: 'Time of one call of the model API, failed ones too.',
    buckets: LATENCY_SECONDS,
  },
  insightTokens: {
    name: 'gaitway_insight_tokens_total',
    kind: 'counter',
    unit: 'count',
    help: 'Tokens of calls of the model API, as it says, or estimated where it does not say.',
    labels: { part: ['prompt', 'completion'] },
  },
  insightCost: {
    name: 'gaitway_insight_cost_thousandths_total',
    kind: 'counter',
    unit: 'count',
    help: 'What the calls of the model API cost by the prices that were set, in thousandths of their currency.',
  },
  jobs: {
    name: 'gaitway_jobs_total',
    kind: 'counter',
    unit: 'count',
    help: 'Jobs, by outcome: queued, known (one of its lane was there already), full (turned away), done, failed.',
    labels: { kind: ['insight'], outcome: ['queued', 'known', 'full', 'done', 'failed'] },
  },
} as const satisfies Record<string, Metric>;
