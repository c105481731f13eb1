import { GRADE_PROMISES } from '@gaitway/simulator/grade-promises';
import { type Scenario, slosOf } from './scenario.ts';

/**
 * The first milestone of the plans. Windows begin with the run and are spread over 5 s, so that every
 * patient closes one complete window of 60 s in a run of little more than a minute: the last one ends 65 s
 * after the first slot began, and closes at most 7.25 s later (lateness, a slot, the grace of a silent partition);
 * the measure phase ends 2.75 s after that, so that a slow machine's windows count too.
 */
export const mvp: Scenario = {
  name: 'mvp',
  says: 'The first milestone: 100 patients with one reading every 5 s, watched by 5 viewers.',
  patients: 100,
  viewers: 5,
  slotMs: 5000,
  window: { windowMs: 60_000, origin: 'run-start', windowPhaseSpreadMs: 5000 },
  phases: { connectMs: 3000, warmUpMs: 5000, measureMs: 70_000, drainMs: 30_000 },
  slos: slosOf({
    ack_latency: [
      { threshold: 'p(95)<200', leastSamples: 500 },
      { threshold: 'p(99)<500', leastSamples: 1000 },
    ],
    viewer_freshness_reading: [{ threshold: 'p(95)<1000', leastSamples: 500 }],
    viewer_freshness_window: [{ threshold: 'p(95)<3000', leastSamples: 40 }],
    audit: [{ threshold: 'count==0', leastSamples: 50 }],
    readings_made: ['rate>=1'],
    server_ended: ['count==0'],
    ...GRADE_PROMISES,
    generator_valid: ['value==1'],
  }),
};
