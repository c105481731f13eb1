import {
  CONDITIONS,
  type Condition,
  FEATURE_FIELDS,
  hash32,
  type Placement,
  SLOT_MS_DEFAULT,
} from '@gaitway/contract';
import { FeatureExtractor } from '@gaitway/firmware';
import { slotScores } from '@gaitway/reference-server';
import { fourierFreeze } from '../grade/fourier-freeze-index.ts';
import { publishedFreeze } from '../grade/freeze-index.ts';
import { RANGES_DEFAULT } from '../patients/readings.ts';
import { COUNTS_PER_G, type RecordingSlot, SLOT_SAMPLES } from './recording-slots.ts';

/** What is said of one slot. */
export interface ScoredSlot {
  slot: RecordingSlot;
  /** Of each head that there is, a probability in thousandths; `null`: not assessable. */
  scores: Partial<Record<Condition, number | null>>;
  freezeIndex: { score: number; positive: boolean };
  fourierFreezeIndex: { score: number; positive: boolean };
}

export interface ScoredSlots {
  slots: ScoredSlot[];
  /** Heads that look at rotation, where the recording has none: what they say of it is nothing. */
  blind: Condition[];
}

const GYRO_FIELDS = FEATURE_FIELDS.flatMap(({ name }, index) => (name.startsWith('gyro') ? [index] : []));
/** Rotations other than none, one value for each field: a head whose answer changes with one of them looks at rotation. */
const OTHER_ROTATIONS = [1, 2, 3].map((draw) =>
  GYRO_FIELDS.map((field) => [field, 200 + (hash32(0x726f74, draw, field) % 6000)] as const),
);

/**
 * What device and server would make of these slots: the device's feature extractor, then the models. Where there is no
 * gyroscope every head is asked twice, with and without rotation, and those that tell a difference are left out.
 */
export function scoreSlots(
  slots: readonly RecordingSlot[],
  placement: Placement,
  hasGyroscope: boolean,
): ScoredSlots {
  const extractor = new FeatureExtractor(RANGES_DEFAULT.accelRange);
  const values = new Int32Array(FEATURE_FIELDS.length);
  const blind = new Set<Condition>();
  const scored = slots.map((slot): ScoredSlot => {
    const header = { flags: slot.flags, placement, slotMs: SLOT_MS_DEFAULT, ...RANGES_DEFAULT };
    extractor.extract(slot.samples, values, { ticks: slot.ticks, countedTicks: SLOT_SAMPLES });
    const freezeIndex = publishedFreeze(values, COUNTS_PER_G);
    const scores: ScoredSlot['scores'] = { ...slotScores(values, header) };
    if (!hasGyroscope) {
      for (const rotation of OTHER_ROTATIONS) {
        for (const [field, value] of rotation) values[field] = value;
        const others: ScoredSlot['scores'] = slotScores(values, header);
        for (const head of CONDITIONS) if (scores[head] !== others[head]) blind.add(head);
      }
    }
    const fourierFreezeIndex = fourierFreeze(slot.samples, COUNTS_PER_G);
    return { slot, scores, freezeIndex, fourierFreezeIndex };
  });
  for (const { scores } of scored) for (const head of blind) scores[head] = null;
  return { slots: scored, blind: [...blind] };
}
