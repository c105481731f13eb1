import { CONDITIONS, FEATURE_FIELDS, hash32, type WindowDocument } from '@gaitway/contract';
import { patientId, wardId } from '@gaitway/simulator';

const MINUTE_MS = 60_000;
const SLOT_MS = 5000;
const SLOTS = MINUTE_MS / SLOT_MS;

/** A document of the size and shape that the pipeline writes; what it says follows from patient and minute. */
export function windowDocument(index: number, startMs: number): WindowDocument {
  const number = (i: number) => hash32(index, startMs / SLOT_MS, i) % 1000;
  return {
    patient: patientId(index),
    ward: wardId(index),
    startMs,
    endMs: startMs + MINUTE_MS,
    revision: 1,
    epoch: 1,
    complete: true,
    readings: SLOTS,
    lateReadings: 0,
    identities: [{ device: index + 1, boot: 1, fromSeq: 0, toSeq: SLOTS - 1 }],
    digest: hash32(index, startMs / SLOT_MS)
      .toString(16)
      .padStart(8, '0')
      .repeat(2),
    aggregates: Object.fromEntries(
      FEATURE_FIELDS.map(({ name }, i) => [name, { sum: number(i) * SLOTS, min: 0, max: number(i) }]),
    ),
    slots: Array.from({ length: SLOTS }, (_, i) => ({
      startMs: startMs + i * SLOT_MS,
      boot: 1,
      seq: i,
      tremor: number(i),
      rigidityProxy: number(i + 20),
      gait: number(i + 40),
      freezing: null,
      tremorRating: number(i + 60),
    })),
    assessment: {
      model: 'bench',
      conditions: CONDITIONS.map((condition, i) => ({
        condition,
        assessable: true,
        score: number(i) / 100,
        probability: number(i + 60) / 1000,
        severity: 1,
        contributions: FEATURE_FIELDS.slice(0, 4).map(({ name }, k) => ({
          feature: name,
          value: number(k),
          contribution: number(k + 80) / 1000,
        })),
      })),
    },
    closedAtMs: startMs + MINUTE_MS + 1000,
  };
}
