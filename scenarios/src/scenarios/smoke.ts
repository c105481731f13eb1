import { type Scenario, slosOf } from './scenario.ts';

/** For continuous integration: the whole way in 20 s, with short slots and windows so that each still counts. */
export const smoke: Scenario = {
  name: 'smoke',
  says: 'The whole way in 20 seconds, for CI: 50 patients with one reading a second and windows of 5 s.',
  patients: 50,
  viewers: 3,
  slotMs: 1000,
  window: { windowMs: 5000, origin: 'run-start', windowPhaseSpreadMs: 1000 },
  phases: { connectMs: 2000, warmUpMs: 1000, measureMs: 16_000, drainMs: 30_000 },
  slos: slosOf({
    ack_latency: [
      { threshold: 'p(95)<200', leastSamples: 300 },
      { threshold: 'p(99)<500', leastSamples: 500 },
    ],
    viewer_freshness_reading: [{ threshold: 'p(95)<1000', leastSamples: 150 }],
    viewer_freshness_window: [{ threshold: 'p(95)<3000', leastSamples: 20 }],
    audit: [{ threshold: 'count==0', leastSamples: 50 }],
    readings_made: ['rate>=1'],
    server_ended: ['count==0'],
    generator_valid: ['value==1'],
  }),
};
