import { isDeepStrictEqual } from 'node:util';
import {
  type Driver,
  FEATURE_FIELDS,
  type FeatureAggregate,
  HEADER,
  HEADER_BYTES,
  readFeatures,
  readFrame,
  readU16,
  readU32,
  type SlotScore,
  type WindowDocument,
} from '@gaitway/contract';
import {
  builtInModel,
  emptySignalFeatures,
  MODEL_VERSION,
  readSignalFeatures,
} from '@gaitway/reference-server';
import type { LedgerRun } from '../ledger/ledger.ts';

/**
 * What the document derives from its readings and is not what follows from the frames that were sent, one
 * phrase each; `null`: a frame of the document is not at hand.
 *
 * - Aggregates: of every feature, sum, least and greatest; and no name that is no feature. Raw chunks carry
 *   no features: they add nothing, and a window of raw chunks alone has no aggregates.
 * - Slots and assessment, where the document names the model that we have: each slot's moment, identity and
 *   scores (of raw readings only that raw chunks were sent there), what of the signal drove them (where no raw reading
 *   was among them), and what the model says of the window. Another model's answers are its own affair.
 *
 * `frames`: header and features payload of each. `runs`: what the ledger has of this window.
 */
export function wrongDerivations(
  document: WindowDocument,
  frames: readonly Uint8Array[],
  runs: readonly LedgerRun[],
): string[] | null {
  const folded = framesNamedBy(document, frames, runs);
  if (folded === null) return null;
  return [...wrongAggregates(document, folded), ...wrongInference(document, folded, runs)];
}

/** The features frames that the document names, oldest number first. */
function framesNamedBy(
  document: WindowDocument,
  frames: readonly Uint8Array[],
  runs: readonly LedgerRun[],
): Uint8Array[] | null {
  const atHand = new Map<string, Uint8Array>();
  for (const frame of frames) {
    const identity = `${readU32(frame, HEADER.device)}:${readU16(frame, HEADER.boot)}:${readU32(frame, HEADER.seq)}`;
    atHand.set(identity, frame);
  }
  const raw = runs.filter((run) => run.raw);
  const most = frames.length + raw.reduce((sum, { count }) => sum + count, 0);
  const folded: Uint8Array[] = [];
  for (const { device, boot, fromSeq, toSeq } of document.identities) {
    // More than was kept cannot all be at hand: and a hostile range is not walked.
    if (toSeq - fromSeq >= most) return null;
    for (let seq = fromSeq; seq <= toSeq; seq++) {
      const frame = atHand.get(`${device}:${boot}:${seq}`);
      if (frame !== undefined) folded.push(frame);
      else if (!raw.some((run) => holds(run, device, boot, seq))) return null;
    }
  }
  return folded;
}

function holds(run: LedgerRun, device: number, boot: number, seq: number): boolean {
  const { fromSeq, count } = run;
  return run.device === device && run.boot === boot && fromSeq <= seq && seq < fromSeq + count;
}

function wrongAggregates(document: WindowDocument, frames: readonly Uint8Array[]): string[] {
  const expected = new Map<string, FeatureAggregate>();
  const values = new Int32Array(FEATURE_FIELDS.length);
  for (const frame of frames) {
    readFeatures(frame, HEADER_BYTES, values);
    for (const [i, { name }] of FEATURE_FIELDS.entries()) {
      const value = values[i]!;
      const before = expected.get(name) ?? { sum: 0, min: value, max: value };
      const { sum, min, max } = before;
      expected.set(name, { sum: sum + value, min: Math.min(min, value), max: Math.max(max, value) });
    }
  }
  const wrong: string[] = [];
  for (const [name, { sum, min, max }] of expected) {
    const stored = document.aggregates[name] as FeatureAggregate | null | undefined;
    if (stored?.sum === sum && stored.min === min && stored.max === max) continue;
    const says = stored ? `is sum ${stored.sum}, min ${stored.min}, max ${stored.max}` : 'is missing';
    wrong.push(`${name} ${says}, not sum ${sum}, min ${min}, max ${max}`);
  }
  for (const name of Object.keys(document.aggregates)) {
    if (!expected.has(name)) wrong.push(`${name} is there, and nothing that was sent gives it`);
  }
  return wrong;
}

/** Of raw readings no samples are kept: what is said of them is taken over, and must lie where raw chunks were sent. */
function wrongInference(
  document: WindowDocument,
  frames: readonly Uint8Array[],
  runs: readonly LedgerRun[],
): string[] {
  if (document.assessment?.model !== MODEL_VERSION) return [];
  const values = new Int32Array(FEATURE_FIELDS.length);
  const model = builtInModel(MODEL_VERSION);
  const features = emptySignalFeatures();
  const sums = model.drivers.emptySums();
  const slots: SlotScore[] = frames.map((bytes) => {
    const frame = readFrame(bytes);
    readFeatures(bytes, HEADER_BYTES, values);
    readSignalFeatures(values, frame, features);
    const scores = model.scoresOf(features);
    model.drivers.add(features, scores, sums);
    const { startMs, boot, seq } = frame;
    return { startMs, boot, seq, ...scores };
  });
  let drivers: readonly Driver[] | undefined = model.drivers.listed(sums);
  const raw = runs.filter((run) => run.raw);
  for (const slot of document.slots ?? []) {
    const isRaw = raw.some(
      ({ boot, fromSeq, count }) => boot === slot.boot && fromSeq <= slot.seq && slot.seq < fromSeq + count,
    );
    if (!isRaw) continue;
    slots.push(slot);
    drivers = document.drivers;
  }
  slots.sort((a, b) => a.startMs - b.startMs || a.boot - b.boot || a.seq - b.seq);
  const wrong: string[] = [];
  if (!sameAsJson(document.slots, slots)) {
    const at = slots.findIndex((slot, i) => !sameAsJson(document.slots?.[i], slot));
    const says = (slot: SlotScore | undefined) => (slot === undefined ? 'none' : JSON.stringify(slot));
    const which = at < 0 ? slots.length : at;
    wrong.push(`slot ${which} is ${says(document.slots?.[which])}, not ${says(slots[which])}`);
  }
  if (!sameAsJson(document.drivers, drivers)) {
    wrong.push(`the drivers are not what ${MODEL_VERSION} finds in these readings`);
  }
  if (!sameAsJson(document.assessment, model.assessWindow(slots, drivers))) {
    wrong.push(`the assessment is not what ${MODEL_VERSION} says of these readings`);
  }
  return wrong;
}

/** Stores and the API keep JSON's idea of a value: no `undefined`, no negative zero. */
function sameAsJson(one: unknown, other: unknown): boolean {
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value ?? null)) as unknown;
  return isDeepStrictEqual(plain(one), plain(other));
}
