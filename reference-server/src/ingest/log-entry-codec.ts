/**
 * One entry of a reading log as bytes, for stores that keep bytes.
 *
 * Entry: kind (u8), receivedAtMs (48 bits), then records until the end. Record: length of the patient's
 * name, of the ward's, and of the frame (u16 each), then the three. Little-endian, names in UTF-8.
 */
import type { LogEntry, LogPosition, LogRecord } from './reading-log.ts';

const KIND_RECORDS = 1;
const KIND_CLOSE_OPEN = 2;
const HEADER_BYTES = 7;
const RECORD_HEADER_BYTES = 6;
const LENGTH_MAX = 0xffff;

/** The bytes of an entry of records. Throws a RangeError for a name or frame above 65,535 bytes. */
export function encodeRecords(receivedAtMs: number, records: readonly LogRecord[]): Buffer {
  let length = HEADER_BYTES;
  for (const { patient, ward, bytes } of records) {
    length += RECORD_HEADER_BYTES + utf8Bytes(patient) + utf8Bytes(ward) + bytes.length;
  }
  // Not from the shared pool: a store may hold on to it until its write is done.
  const target = Buffer.allocUnsafeSlow(length);
  writeHeader(target, KIND_RECORDS, receivedAtMs);
  let at = HEADER_BYTES;
  for (const { patient, ward, bytes } of records) {
    const patientEnd = writeText(target, at + RECORD_HEADER_BYTES, patient);
    const wardEnd = writeText(target, patientEnd, ward);
    writeLength(target, at, patientEnd - at - RECORD_HEADER_BYTES);
    writeLength(target, at + 2, wardEnd - patientEnd);
    writeLength(target, at + 4, bytes.length);
    target.set(bytes, wardEnd);
    at = wardEnd + bytes.length;
  }
  return target;
}

/** The bytes of the marker that closes open windows. */
export function encodeCloseOpen(receivedAtMs: number): Buffer {
  const target = Buffer.allocUnsafeSlow(HEADER_BYTES);
  writeHeader(target, KIND_CLOSE_OPEN, receivedAtMs);
  return target;
}

/**
 * Reads an entry. The frames are views of `source`, which must not change afterwards. Throws when the bytes
 * are not an entry: then the store gave back what was not put into it.
 */
export function decodeEntry(position: LogPosition, source: Buffer): LogEntry {
  const kind = source[0];
  if (source.length < HEADER_BYTES || (kind !== KIND_RECORDS && kind !== KIND_CLOSE_OPEN)) {
    throw new Error(`the log entry at ${position} is damaged: ${source.length} bytes of kind ${kind}`);
  }
  const receivedAtMs = source.readUIntLE(1, 6);
  if (kind === KIND_CLOSE_OPEN) return { position, receivedAtMs, records: [], closeOpen: true };
  const records: LogRecord[] = [];
  let ward = '';
  let wardAt = 0;
  let wardBytes = 0;
  let at = HEADER_BYTES;
  while (at < source.length) {
    const patientAt = at + RECORD_HEADER_BYTES;
    const patientEnd = patientAt + readLength(source, at);
    const wardEnd = patientEnd + readLength(source, at + 2);
    const end = wardEnd + readLength(source, at + 4);
    if (!(end <= source.length)) {
      throw new Error(
        `the log entry at ${position} is damaged: a record ends at ${end} of ${source.length} bytes`,
      );
    }
    // Neighbours often share a ward: then its text is made once.
    if (!sameBytes(source, wardAt, wardBytes, patientEnd, wardEnd - patientEnd)) {
      ward = source.toString('utf8', patientEnd, wardEnd);
      wardAt = patientEnd;
      wardBytes = wardEnd - patientEnd;
    }
    records.push({
      patient: source.toString('utf8', patientAt, patientEnd),
      ward,
      bytes: source.subarray(wardEnd, end),
    });
    at = end;
  }
  return { position, receivedAtMs, records };
}

function writeHeader(target: Buffer, kind: number, receivedAtMs: number): void {
  target[0] = kind;
  target.writeUIntLE(receivedAtMs, 1, 6);
}

function writeLength(target: Buffer, at: number, length: number): void {
  if (length > LENGTH_MAX)
    throw new RangeError(`a log record holds at most ${LENGTH_MAX} bytes a field, not ${length}`);
  target[at] = length & 0xff;
  target[at + 1] = length >>> 8;
}

function readLength(source: Buffer, at: number): number {
  return source[at]! | (source[at + 1]! << 8);
}

/** Names are short and mostly ASCII: a loop beats a call into the engine. */
function utf8Bytes(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return Buffer.byteLength(text);
  return text.length;
}

/** Writes text and returns where it ends. */
function writeText(target: Buffer, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return at + target.write(text, at);
    target[at + i] = code;
  }
  return at + text.length;
}

function sameBytes(source: Buffer, a: number, aBytes: number, b: number, bBytes: number): boolean {
  if (aBytes !== bBytes) return false;
  for (let i = 0; i < aBytes; i++) if (source[a + i] !== source[b + i]) return false;
  return true;
}
