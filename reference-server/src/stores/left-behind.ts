import {
  decodeFrame,
  FrameKind,
  isReading,
  type WindowSettings,
  windowPhaseMs,
  windowStartMs,
} from '@gaitway/contract';
import { alertsOfEvent } from '../alert/rules.ts';
import type { Archive, Retention, StoredReading } from '../archive/archive.ts';
import type { LogEntry, LogPosition, LogRecord, ReadingLog } from '../ingest/reading-log.ts';
import { IdentitySet } from '../window/identity-set.ts';
import { StoreFault } from './store-fault.ts';

/** A place among the stores where acknowledged readings wait, and that the server which starts would not read. */
export interface UnreadPlace {
  /** Which one, as a message begins: "The reading log in Redis". */
  readonly name: string;
  /** The flags of a server that reads it. */
  readonly readWith: string;
  /** What may not be archived yet, oldest first, in steps. */
  records(): AsyncIterable<readonly LogRecord[]>;
}

export interface LeftBehindOptions {
  archive: Archive;
  /** How the stores cut time. */
  window: WindowSettings;
  allowedLatenessMs: number;
  nowMs: number;
  /** A document or alert that is older is gone by itself, and so not missed. */
  retention: Retention;
}

const STEP_ENTRIES = 64;
const STEP_READINGS = 1000;
/** A server has started by then, and has closed and archived what is due. */
const START_MS = 5000;

/** What lies above the committed progress of a log. */
export async function* unreadOf(log: ReadingLog): AsyncIterable<LogRecord[]> {
  for (let partition = 0; partition < log.partitions; partition++) {
    let after: LogPosition | null = (await log.progressOf(partition))?.position ?? null;
    for (;;) {
      const entries: LogEntry[] = (await log.read([{ partition, after }], STEP_ENTRIES)).get(partition) ?? [];
      if (entries.length === 0) break;
      yield entries.flatMap(({ records }) => records);
      after = entries.at(-1)!.position;
    }
  }
}

/** The single readings of an archive: all that are kept, since nobody notes how far they were read. */
export async function* singleReadingsOf(archive: Archive, partitions: number): AsyncIterable<LogRecord[]> {
  for (let partition = 0; partition < partitions; partition++) {
    let after: string | null = null;
    for (;;) {
      const readings: StoredReading[] = await archive.readingsAfter(partition, after, STEP_READINGS);
      if (readings.length === 0) break;
      yield readings;
      after = readings.at(-1)!.position;
    }
  }
}

/**
 * Throws a {@link StoreFault} when readings wait in one of these places whose document, or whose alert, is not in the
 * archive: they were acknowledged, and nobody would read them while this server runs.
 */
export async function insistOnNothingLeftBehind(
  places: readonly UnreadPlace[],
  options: LeftBehindOptions,
): Promise<void> {
  for (const { name, readWith, records } of places) {
    const { readings, closeableAtMs } = await leftBehind(records(), options);
    if (readings === 0) continue;
    const forSeconds = Math.ceil((Math.max(0, closeableAtMs - options.nowMs) + START_MS) / 1000);
    throw new StoreFault(
      'readings_left_behind',
      `${name} holds ${readings} acknowledged reading${readings === 1 ? '' : 's'} that ${readings === 1 ? 'is' : 'are'} not archived yet and that this server would not read.`,
      `Have them archived first: start a server with --roles processor ${readWith}, and the other flags as they are, for ${forSeconds} s; then start this one.`,
    );
  }
}

/** How many of the records are not archived, and when the last of their windows may be closed. */
async function leftBehind(
  steps: AsyncIterable<readonly LogRecord[]>,
  options: LeftBehindOptions,
): Promise<{ readings: number; closeableAtMs: number }> {
  const found = { readings: 0, closeableAtMs: 0 };
  for await (const records of steps) {
    for (let from = 0; from < records.length; from += STEP_READINGS) {
      await addMissing(found, records.slice(from, from + STEP_READINGS), options);
    }
  }
  return found;
}

async function addMissing(
  found: { readings: number; closeableAtMs: number },
  records: readonly LogRecord[],
  { archive, window, allowedLatenessMs, nowMs, retention }: LeftBehindOptions,
): Promise<void> {
  const frames = records.flatMap((record) => {
    const frame = decodeFrame(record.bytes);
    return typeof frame === 'string' ? [] : [{ record, frame }];
  });
  const readings = frames.flatMap(({ record: { patient }, frame }) => {
    if (!isReading(frame.kind)) return [];
    const startMs = windowStartMs(frame.startMs, windowPhaseMs(patient, window), window);
    return startMs + window.windowMs + retention.windowsMs <= nowMs ? [] : [{ patient, startMs, frame }];
  });
  const keys = new Map(
    readings.map(({ patient, startMs }) => [`${startMs}:${patient}`, { patient, startMs }]),
  );
  const documents = await archive.windowsAt([...keys.values()]);
  const archived = new Map(
    [...keys.keys()].map((key, at) => [key, new IdentitySet(documents[at]?.identities)] as const),
  );
  for (const { patient, startMs, frame } of readings) {
    if (archived.get(`${startMs}:${patient}`)!.has(frame.device, frame.boot, frame.seq)) continue;
    found.readings += 1;
    const closeableAtMs = startMs + window.windowMs + allowedLatenessMs + frame.slotMs;
    found.closeableAtMs = Math.max(found.closeableAtMs, closeableAtMs);
  }
  const events = frames.filter(({ frame }) => frame.kind === FrameKind.event);
  for (const alert of events.flatMap(({ record, frame }) => alertsOfEvent(record, frame))) {
    if (alert.atMs + retention.alertsMs <= nowMs) continue;
    if ((await archive.alert(alert.id)) === null) found.readings += 1;
  }
}
