import {
  type Driver,
  FEATURE_FIELDS,
  type FeatureAggregate,
  type SlotScore,
  type WindowDocument,
} from '@gaitway/contract';
import { SIGNAL_FEATURES } from '../infer/signal-features.ts';
import { USUAL_SLOTS } from '../infer/window-model.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

/**
 * Window documents as bytes, for stores that keep bytes: about a quarter of their JSON. What repeats in every
 * document (names of fields, of features, of conditions) is left out or is a number; what is said nowhere
 * else is kept exactly, so that a document comes back equal.
 *
 * The values follow each other in the order of {@link encodeWindow}, behind this format's number. A known name is its
 * index in `NAMES`; one that the table does not have is kept as text.
 */
const FORMAT = 4;
/** Written by versions before: its slots know neither freezing nor a rating of tremor. */
const FORMAT_WITHOUT_FREEZING = 2;
/** Windows of this and of lower formats do not know what drove their slots. */
const FORMAT_WITHOUT_DRIVERS = 3;

/** Only appended to: stored documents hold indexes. */
const NAMES = [
  ...FEATURE_FIELDS.map((field) => field.name),
  'tremor',
  'rigidityProxy',
  'gait',
  'intercept',
  'slotScoreMean',
  'slotsPositiveShare',
  'freezing',
  'somePositive',
  USUAL_SLOTS,
  ...SIGNAL_FEATURES,
];
const INDEX_OF = new Map(NAMES.map((name, index) => [name, index]));

const writer = new ByteWriter();

export function encodeWindow(document: WindowDocument): Buffer {
  const { startMs, identities, slots } = document;
  writer.value(FORMAT);
  writer.text(document.patient);
  writer.text(document.ward);
  writer.value(startMs);
  writer.value(document.endMs - startMs);
  writer.value(document.revision);
  writer.value(document.epoch);
  writer.value(document.complete ? 1 : 0);
  writer.value(document.readings);
  writer.value(document.lateReadings);
  writer.value(identities.length);
  for (const { device, boot, fromSeq, toSeq } of identities) {
    writer.value(device);
    writer.value(boot);
    writer.value(fromSeq);
    writer.value(toSeq - fromSeq);
  }
  writer.text(document.digest);
  encodeAggregates(document.aggregates);
  encodeSlots(startMs, slots);
  encodeDrivers(document.drivers);
  writer.text(document.assessment.model);
  writer.value(document.assessment.conditions.length);
  for (const said of document.assessment.conditions) encodeCondition(said);
  writer.value(document.closedAtMs - startMs);
  return writer.take();
}

/** Throws when the bytes are of another format: then another version wrote them. */
export function decodeWindow(bytes: Uint8Array): WindowDocument {
  const reader = new ByteReader(bytes);
  const format = reader.value();
  if (typeof format !== 'number' || format < FORMAT_WITHOUT_FREEZING || format > FORMAT) {
    throw new Error(
      `a stored window is of format ${format}; this version reads formats ${FORMAT_WITHOUT_FREEZING} to ${FORMAT}`,
    );
  }
  const patient = reader.text();
  const ward = reader.text();
  const startMs = reader.number();
  return {
    patient,
    ward,
    startMs,
    endMs: startMs + reader.number(),
    revision: reader.number(),
    epoch: reader.number(),
    complete: reader.number() === 1,
    readings: reader.number(),
    lateReadings: reader.number(),
    identities: decodeIdentities(reader),
    digest: reader.text(),
    aggregates: decodeAggregates(reader),
    slots: decodeSlots(reader, startMs, format),
    ...(format > FORMAT_WITHOUT_DRIVERS ? decodeDrivers(reader) : {}),
    assessment: { model: reader.text(), conditions: decodeConditions(reader) },
    closedAtMs: startMs + reader.number(),
  };
}

function decodeIdentities(reader: ByteReader): WindowDocument['identities'] {
  const identities: WindowDocument['identities'] = [];
  for (let left = reader.number(); left > 0; left--) {
    const device = reader.number();
    const boot = reader.number();
    const fromSeq = reader.number();
    identities.push({ device, boot, fromSeq, toSeq: fromSeq + reader.number() });
  }
  return identities;
}

/** A name is written only where it is not the one that follows in the table. */
function encodeAggregates(aggregates: Record<string, FeatureAggregate>): void {
  let count = 0;
  for (const _ in aggregates) count += 1;
  writer.value(count);
  let expected = 0;
  for (const name in aggregates) {
    if (name !== NAMES[expected]) {
      expected = INDEX_OF.get(name) ?? -1;
      writer.text(name);
    }
    expected += 1;
    const { sum, min, max } = aggregates[name]!;
    writer.value(sum);
    writer.value(min);
    writer.value(max);
  }
}

function decodeAggregates(reader: ByteReader): Record<string, FeatureAggregate> {
  const aggregates: Record<string, FeatureAggregate> = {};
  let expected = 0;
  for (let left = reader.number(); left > 0; left--) {
    let name = NAMES[expected];
    let sum = reader.value();
    if (typeof sum === 'string') {
      name = sum;
      expected = INDEX_OF.get(name) ?? -1;
      sum = reader.number();
    }
    expected += 1;
    aggregates[name!] = { sum: sum as number, min: reader.number(), max: reader.number() };
  }
  return aggregates;
}

/** Slots follow each other: times, boots and numbers are what each adds to the one before. */
function encodeSlots(startMs: number, slots: readonly SlotScore[]): void {
  writer.value(slots.length);
  let [atMs, boot, seq] = [startMs, 0, 0];
  for (const slot of slots) {
    writer.value(slot.startMs - atMs);
    writer.value(slot.boot - boot);
    writer.value(slot.seq - seq);
    writer.value(slot.tremor);
    writer.value(slot.rigidityProxy);
    writer.value(slot.gait);
    writer.value(slot.freezing);
    writer.value(slot.tremorRating ?? null);
    atMs = slot.startMs;
    boot = slot.boot;
    seq = slot.seq;
  }
}

function decodeSlots(reader: ByteReader, startMs: number, format: number): SlotScore[] {
  const slots: SlotScore[] = [];
  let [atMs, boot, seq] = [startMs, 0, 0];
  for (let left = reader.number(); left > 0; left--) {
    atMs += reader.number();
    boot += reader.number();
    seq += reader.number();
    const slot: SlotScore = {
      startMs: atMs,
      boot,
      seq,
      tremor: reader.numberOrNull(),
      rigidityProxy: reader.numberOrNull(),
      gait: reader.numberOrNull(),
      freezing: format === FORMAT_WITHOUT_FREEZING ? null : reader.numberOrNull(),
    };
    const rating = format === FORMAT_WITHOUT_FREEZING ? null : reader.numberOrNull();
    if (rating !== null) slot.tremorRating = rating;
    slots.push(slot);
  }
  return slots;
}

/** `null` where the document has none. */
function encodeDrivers(drivers: readonly Driver[] | undefined): void {
  writer.value(drivers === undefined ? null : drivers.length);
  for (const { condition, feature, slots, value, moved } of drivers ?? []) {
    encodeName(condition);
    encodeName(feature);
    writer.value(slots);
    writer.value(value);
    writer.value(moved);
  }
}

function decodeDrivers(reader: ByteReader): Pick<WindowDocument, 'drivers'> {
  const count = reader.numberOrNull();
  if (count === null) return {};
  const drivers: Driver[] = [];
  for (let left = count; left > 0; left--) {
    const condition = decodeName(reader) as Driver['condition'];
    const feature = decodeName(reader);
    drivers.push({
      ...{ condition, feature, slots: reader.number(), value: reader.number(), moved: reader.number() },
    });
  }
  return { drivers };
}

type ConditionAssessment = WindowDocument['assessment']['conditions'][number];
/** Which of its optional parts a condition has. */
const HAS = { reason: 1, score: 2, probability: 4, severity: 8, contributions: 16, assessable: 32 } as const;

function encodeCondition(said: ConditionAssessment): void {
  const { reason, score, probability, severity, contributions } = said;
  encodeName(said.condition);
  writer.value(
    (said.assessable ? HAS.assessable : 0) |
      (reason === undefined ? 0 : HAS.reason) |
      (score === undefined ? 0 : HAS.score) |
      (probability === undefined ? 0 : HAS.probability) |
      (severity === undefined ? 0 : HAS.severity) |
      (contributions === undefined ? 0 : HAS.contributions),
  );
  if (reason !== undefined) writer.text(reason);
  if (score !== undefined) writer.value(score);
  if (probability !== undefined) writer.value(probability);
  if (severity !== undefined) writer.value(severity);
  if (contributions === undefined) return;
  writer.value(contributions.length);
  for (const { feature, value, contribution } of contributions) {
    encodeName(feature);
    writer.value(value);
    writer.value(contribution);
  }
}

function decodeConditions(reader: ByteReader): ConditionAssessment[] {
  const conditions: ConditionAssessment[] = [];
  for (let left = reader.number(); left > 0; left--) conditions.push(decodeCondition(reader));
  return conditions;
}

function decodeCondition(reader: ByteReader): ConditionAssessment {
  const condition = decodeName(reader) as ConditionAssessment['condition'];
  const has = reader.number();
  const said: ConditionAssessment = { condition, assessable: (has & HAS.assessable) !== 0 };
  if (has & HAS.reason) said.reason = reader.text();
  if (has & HAS.score) said.score = reader.number();
  if (has & HAS.probability) said.probability = reader.number();
  if (has & HAS.severity) said.severity = reader.number();
  if (!(has & HAS.contributions)) return said;
  said.contributions = [];
  for (let left = reader.number(); left > 0; left--) {
    const feature = decodeName(reader);
    said.contributions.push({ feature, value: reader.number(), contribution: reader.number() });
  }
  return said;
}

function encodeName(name: string): void {
  const index = INDEX_OF.get(name);
  if (index === undefined) writer.text(name);
  else writer.value(index);
}

function decodeName(reader: ByteReader): string {
  const name = reader.value();
  return typeof name === 'number' ? NAMES[name]! : String(name);
}
