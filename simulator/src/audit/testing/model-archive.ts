import {
  addToDigest,
  emptyDigest,
  FEATURE_FIELDS,
  type FeatureAggregate,
  FrameKind,
  formatDigest,
  frameHash,
  frameHashHigh,
  HEADER,
  HEADER_BYTES,
  type IdentityRange,
  readFeatures,
  readStartMs,
  readU16,
  readU32,
  type WindowDocument,
  type WindowSettings,
  windowPhaseMs,
  windowStartMs,
} from '@gaitway/contract';
import { type History, patientId, type Told } from './history.ts';

/** One frame that a server folded into a window. */
export interface Folded {
  patient: string;
  bytes: Uint8Array;
  late: boolean;
}

/** What an honest server folds of a history. */
export function foldedOf(history: History): Folded[] {
  return history.told.filter((told) => told.stored).map(foldOf);
}

export function foldOf(told: Told): Folded {
  return { patient: patientId(told.patientIndex), bytes: told.bytes, late: told.late };
}

/** One open window of a server: what was folded into it, as often as it was. */
export interface FoldedWindow {
  patient: string;
  startMs: number;
  complete: boolean;
  frames: Folded[];
}

/** What was folded, by patient and window start; the newest window of a patient is partial. */
export function windowsOf(folded: readonly Folded[], settings: WindowSettings): FoldedWindow[] {
  const windows = new Map<string, FoldedWindow>();
  const newest = new Map<string, number>();
  for (const one of folded) {
    const { patient } = one;
    const phaseMs = windowPhaseMs(patient, settings);
    const startMs = windowStartMs(readStartMs(one.bytes), phaseMs, settings);
    newest.set(patient, Math.max(startMs, newest.get(patient) ?? 0));
    const key = `${patient} ${startMs}`;
    const window = windows.get(key);
    if (window === undefined) windows.set(key, { patient, startMs, complete: false, frames: [one] });
    else window.frames.push(one);
  }
  for (const window of windows.values()) window.complete = window.startMs < newest.get(window.patient)!;
  return [...windows.values()].sort((a, b) =>
    a.patient < b.patient ? -1 : a.patient > b.patient ? 1 : a.startMs - b.startMs,
  );
}

export function documentsOf(folded: readonly Folded[], settings: WindowSettings): WindowDocument[] {
  return windowsOf(folded, settings).map((window) => documentOf(window, settings));
}

export function honestDocuments(history: History): WindowDocument[] {
  return documentsOf(foldedOf(history), history.window);
}

/** Closes a window: its frames folded as often as they are in it. */
export function documentOf(window: FoldedWindow, settings: WindowSettings): WindowDocument {
  const { patient, startMs, complete, frames } = window;
  const digest = emptyDigest();
  const aggregates: Record<string, FeatureAggregate> = {};
  const values = new Int32Array(FEATURE_FIELDS.length);
  let lateReadings = 0;
  for (const { bytes, late } of frames) {
    const low = frameHash(bytes);
    addToDigest(digest, low, frameHashHigh());
    if (late) lateReadings++;
    if (bytes[HEADER.kind] !== FrameKind.features) continue;
    readFeatures(bytes, HEADER_BYTES, values);
    FEATURE_FIELDS.forEach(({ name }, i) => {
      const value = values[i]!;
      const before = aggregates[name] ?? { sum: 0, min: value, max: value };
      aggregates[name] = {
        sum: before.sum + value,
        min: Math.min(before.min, value),
        max: Math.max(before.max, value),
      };
    });
  }
  return {
    patient,
    ward: 'ward-1',
    startMs,
    endMs: startMs + settings.windowMs,
    revision: 1 + lateReadings,
    epoch: 1,
    complete,
    readings: frames.length,
    lateReadings,
    identities: rangesOf(frames.map(({ bytes }) => bytes)),
    digest: formatDigest(digest),
    aggregates,
    slots: [],
    assessment: { model: 'none', conditions: [] },
    closedAtMs: startMs + settings.windowMs,
  };
}

/** Each identity once, in unbroken ranges. */
export function rangesOf(frames: readonly Uint8Array[]): IdentityRange[] {
  const ranges: IdentityRange[] = [];
  const sorted = frames
    .map((bytes) => ({
      device: readU32(bytes, HEADER.device),
      boot: readU16(bytes, HEADER.boot),
      seq: readU32(bytes, HEADER.seq),
    }))
    .sort((a, b) => a.device - b.device || a.boot - b.boot || a.seq - b.seq);
  for (const { device, boot, seq } of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && last.device === device && last.boot === boot && seq <= last.toSeq + 1) {
      last.toSeq = Math.max(last.toSeq, seq);
    } else ranges.push({ device, boot, fromSeq: seq, toSeq: seq });
  }
  return ranges;
}
