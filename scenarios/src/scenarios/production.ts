import { GRADE_PROMISES_OF_MANY } from '@gaitway/simulator/grade-promises';
import { type Scenario, slosOf } from './scenario.ts';

/** The second milestone of the plans: 2,000 readings a second for five minutes. */
export const production: Scenario = {
  name: 'production',
  says: 'The second milestone: 10,000 patients with one reading every 5 s for five minutes, watched by 50 viewers.',
  patients: 10_000,
  viewers: 50,
  slotMs: 5000,
  window: { windowMs: 60_000, origin: 'epoch', windowPhaseSpreadMs: 60_000 },
  phases: { connectMs: 30_000, warmUpMs: 10_000, measureMs: 300_000, drainMs: 30_000 },
  slos: slosOf({
    ack_latency: [
      { threshold: 'p(95)<200', leastSamples: 100_000 },
      { threshold: 'p(99)<500', leastSamples: 100_000 },
    ],
    viewer_freshness_reading: [{ threshold: 'p(95)<1000', leastSamples: 10_000 }],
    viewer_freshness_window: [{ threshold: 'p(95)<3000', leastSamples: 1000 }],
    audit: [{ threshold: 'count==0', leastSamples: 10_000 }],
    readings_made: ['rate>=1'],
    server_ended: ['count==0'],
    ...GRADE_PROMISES_OF_MANY,
    generator_valid: ['value==1'],
  }),
};
