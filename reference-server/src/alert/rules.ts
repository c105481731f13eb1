import type { Alert, Frame, WindowDocument } from '@gaitway/contract';
import type { ModelFile } from '../infer/model-file.ts';
import type { LogRecord } from '../ingest/reading-log.ts';
import { fallEvent } from './fall-event.ts';
import type { EventRule, WindowRule } from './rule.ts';
import { sustainedTremor } from './sustained-tremor.ts';

/** Every rule; a new one is a line here. */
export const WINDOW_RULES: readonly WindowRule[] = [sustainedTremor];
export const EVENT_RULES: readonly EventRule[] = [fallEvent];

/** What the rules would raise for a window of this model if its episodes began with it (`WindowEpisodes` knows which do). */
export function alertsOfWindow(document: WindowDocument, model: ModelFile): Alert[] {
  return WINDOW_RULES.flatMap((rule) => rule.onWindow(document, model) ?? []);
}

/** What the rules raise for an event frame, before anything else is known. */
export function alertsOfEvent(record: LogRecord, frame: Frame): Alert[] {
  return EVENT_RULES.flatMap((rule) => rule.onEvent(record, frame) ?? []);
}
