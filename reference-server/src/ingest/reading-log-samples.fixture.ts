import { encodeFrame, FrameKind, PAYLOAD_BYTES } from '@gaitway/contract';
import { expect } from 'vitest';
import type { AppendBatch, LogEntry, LogPosition, LogRecord, ReadingLog, Watermark } from './reading-log.ts';

/** A record whose frame is two bytes: its number, and one more. */
export function recordOf(patient: string, seq: number): LogRecord {
  return { patient, ward: `ward of ${patient}`, bytes: Uint8Array.of(seq, 255) };
}

/** A record with a whole frame of the contract, whose start follows from its number. */
export function frameOf(device: number, boot: number, seq: number): LogRecord {
  const kind = FrameKind.event;
  const header = {
    ...{ kind, flags: 0, placement: 1, accelRange: 0, gyroRange: 0, firmware: 0, batteryMv: 3000, slotMs: 0 },
    ...{ device, boot, seq, startMs: seq * 5000 },
  };
  const bytes = encodeFrame(header, new Uint8Array(PAYLOAD_BYTES[kind]), 0);
  return { patient: `patient of ${device}`, ward: 'north', bytes };
}

/** What {@link recordsOf} shows of {@link recordOf}. */
export function plain(patient: string, seq: number) {
  return { patient, ward: `ward of ${patient}`, bytes: [seq, 255] };
}

export function recordsOf(entries: readonly LogEntry[]) {
  return entries.flatMap((entry) =>
    entry.records.map(({ patient, ward, bytes }) => ({ patient, ward, bytes: [...bytes] })),
  );
}

export function batchOf(
  partition: number,
  records: LogRecord[],
  receivedAtMs = 1,
  marks: Map<number, Watermark> = new Map(),
): AppendBatch {
  return { receivedAtMs, partitions: [{ partition, records }], watermarks: marks };
}

export function watermarks(
  ...all: [device: number, boot: number, seq: number, startMs: number][]
): Map<number, Watermark> {
  return new Map(all.map(([device, boot, seq, startMs]) => [device, { boot, seq, startMs }]));
}

/** Everything of one partition, read in steps of `limit`. */
export async function readAll(
  log: ReadingLog,
  partition: number,
  limit = 10,
  from: LogPosition | null = null,
): Promise<LogEntry[]> {
  const all: LogEntry[] = [];
  let after = from;
  for (;;) {
    const entries = (await log.read([{ partition, after }], limit)).get(partition) ?? [];
    expect(entries.length).toBeLessThanOrEqual(limit);
    if (entries.length === 0) return all;
    all.push(...entries);
    after = entries.at(-1)!.position;
  }
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
