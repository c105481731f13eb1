import { type Alert, type Frame, hashString, type WindowDocument } from '@gaitway/contract';
import type { ModelFile } from '../infer/model-file.ts';
import type { LogRecord } from '../ingest/reading-log.ts';

/** Looks at each window that was archived, and fires for those of an episode. Pure: the same document, the same answer. */
export interface WindowRule {
  readonly name: string;
  /** Windows that it fires for and that begin no further apart than this are one episode, of which is told once. */
  readonly episodeGapMs: number;
  /** What the window raises if an episode begins with it; `model` wrote it. `undefined`: the rule does not fire. */
  onWindow(document: WindowDocument, model: ModelFile): Alert | undefined;
}

/** Looks at each event frame, which does not wait for a window. Pure. */
export interface EventRule {
  readonly name: string;
  onEvent(record: LogRecord, frame: Frame): Alert | undefined;
}

/**
 * The id of an alert follows from patient, rule and moment: raised again by a repeated frame, an amended
 * window or another processor it is the same alert. The patient and the moment are in it as they are, so two
 * alerts never share one; the hash in front spreads the ids.
 */
export function alertId(patient: string, rule: string, atMs: number): string {
  const rest = `${patient}.${rule}.${Math.floor(atMs)}`;
  return `${hashString(rest).toString(16).padStart(8, '0')}.${rest}`;
}
