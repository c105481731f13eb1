import {
  CONDITIONS,
  FEATURE_FIELDS,
  type FeatureAggregate,
  hash32,
  uniform,
  type WindowDocument,
} from '@gaitway/contract';

const FIRST_START_MS = 1_700_000_040_000;
const MINUTE_MS = 60_000;
const SLOTS = 12;

/**
 * A window document as the pipeline makes them (twelve slots, every feature, every condition), for tests
 * and benchmarks of archives. Its numbers follow from patient and minute; `over` replaces fields.
 */
export function documentOf(
  patient: string,
  minute: number,
  over: Partial<WindowDocument> = {},
): WindowDocument {
  const seed = hash32(minute, patient.length, patient.charCodeAt(0), patient.charCodeAt(patient.length - 1));
  const startMs = FIRST_START_MS + minute * MINUTE_MS;
  const score = (i: number, stream: number) => Math.floor(1000 * uniform(seed, stream, i));
  const aggregates: Record<string, FeatureAggregate> = {};
  FEATURE_FIELDS.forEach((field, i) => {
    const [a, b] = [score(i, 1) * 4, score(i, 2) * 4];
    const min = Math.min(a, b) - (field.signed ? 2000 : 0);
    const max = Math.max(a, b) - (field.signed ? 2000 : 0);
    aggregates[field.name] = { sum: (min + max) * (SLOTS / 2), min, max };
  });
  return {
    patient,
    ward: 'ward-07',
    startMs,
    endMs: startMs + MINUTE_MS,
    revision: 1,
    epoch: 1,
    complete: true,
    readings: SLOTS,
    lateReadings: 0,
    identities: [{ device: 1234, boot: 2, fromSeq: minute * SLOTS, toSeq: minute * SLOTS + SLOTS - 1 }],
    digest: hash32(seed, 9).toString(16).padStart(8, '0').repeat(2),
    aggregates,
    slots: Array.from({ length: SLOTS }, (_, i) => ({
      startMs: startMs + i * 5000,
      boot: 2,
      seq: minute * SLOTS + i,
      tremor: i === 3 ? null : score(i, 3),
      rigidityProxy: score(i, 4),
      gait: i === 4 ? null : score(i, 5),
      freezing: i === 5 ? score(i, 6) : null,
    })),
    assessment: {
      model: 'first-1',
      conditions: CONDITIONS.map((condition, i) =>
        i === 2
          ? { condition, assessable: false, reason: 'fewer than four slots of walking' }
          : {
              condition,
              assessable: true,
              score: uniform(seed, 6, i) * 8 - 4,
              probability: uniform(seed, 7, i),
              severity: score(i, 8) % 5,
              contributions: ['gyroTremorLog2', 'accelTremorLog2', 'gyroXRms', 'steps'].map((feature, k) => ({
                feature,
                value: score(k, 9 + i),
                contribution: uniform(seed, 20 + i, k) - 0.5,
              })),
            },
      ),
    },
    closedAtMs: startMs + MINUTE_MS + 2000,
    ...over,
  };
}
