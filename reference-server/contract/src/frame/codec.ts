import { CRC16_START, crc16 } from './crc16.ts';
import {
  FRAME_BYTES_MAX,
  FRAME_BYTES_MIN,
  FRAME_VERSION,
  FrameKind,
  HEADER,
  HEADER_BYTES,
  PAYLOAD_BYTES,
  TRAILER_BYTES,
} from './layout.ts';

/** What a frame says before its payload. Times in ms since the Unix epoch, voltages in mV. */
export interface FrameHeader {
  kind: FrameKind;
  flags: number;
  placement: number;
  accelRange: number;
  gyroRange: number;
  device: number;
  boot: number;
  firmware: number;
  seq: number;
  startMs: number;
  batteryMv: number;
  slotMs: number;
}

/** A frame that was read: its header, where its payload lies, and the oldest frame that the device still holds. */
export interface Frame extends FrameHeader {
  payloadAt: number;
  payloadLength: number;
  oldestHeldSeq: number;
}

/** Why bytes are not a frame. */
export type FrameFault = 'too_long' | 'truncated' | 'bad_version' | 'bad_kind' | 'bad_length' | 'bad_crc';

function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 0xff;
  bytes[at + 1] = (value >>> 8) & 0xff;
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 0xff;
  bytes[at + 1] = (value >>> 8) & 0xff;
  bytes[at + 2] = (value >>> 16) & 0xff;
  bytes[at + 3] = (value >>> 24) & 0xff;
}

export function readU16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

export function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** The 48-bit start time of the frame at the beginning of `bytes`: without a sign, so never before 1970. */
export function readStartMs(bytes: Uint8Array): number {
  return readU32(bytes, HEADER.startMs) + readU16(bytes, HEADER.startMs + 4) * 4294967296;
}

/** Sets the 48-bit start time. Only before the frame is sealed. */
export function writeStartMs(bytes: Uint8Array, startMs: number): void {
  writeU32(bytes, HEADER.startMs, startMs % 4294967296);
  writeU16(bytes, HEADER.startMs + 4, Math.floor(startMs / 4294967296));
}

/**
 * A frame's fixed part: header and payload, with room for the trailer. Its payload still has to be
 * written, at {@link HEADER_BYTES}; then {@link sealFrame} and, at each transmission, {@link stampFrame}.
 * `allocate` gives zeroed bytes of the length that it is asked for; who makes many frames cuts them from a pool.
 */
export function beginFrame(
  header: FrameHeader,
  allocate: (length: number) => Uint8Array = (length) => new Uint8Array(length),
): Uint8Array {
  const payloadLength = PAYLOAD_BYTES[header.kind];
  const bytes = allocate(HEADER_BYTES + payloadLength + TRAILER_BYTES);
  bytes[HEADER.version] = FRAME_VERSION;
  bytes[HEADER.kind] = header.kind;
  bytes[HEADER.flags] = header.flags;
  bytes[HEADER.mounting] = header.placement | (header.accelRange << 3) | (header.gyroRange << 5);
  writeU32(bytes, HEADER.device, header.device);
  writeU16(bytes, HEADER.boot, header.boot);
  writeU16(bytes, HEADER.firmware, header.firmware);
  writeU32(bytes, HEADER.seq, header.seq);
  writeStartMs(bytes, header.startMs);
  writeU16(bytes, HEADER.batteryMv, header.batteryMv);
  writeU16(bytes, HEADER.slotMs, header.slotMs);
  writeU16(bytes, HEADER.payloadLength, payloadLength);
  return bytes;
}

/** The CRC of a frame's fixed part. The device keeps it, and continues it at each transmission. */
export function sealFrame(bytes: Uint8Array): number {
  return crc16(bytes, 0, bytes.length - TRAILER_BYTES, CRC16_START);
}

/** Writes the trailer: the oldest number still held, and the CRC continued from `sealed`. */
export function stampFrame(bytes: Uint8Array, sealed: number, oldestHeldSeq: number): void {
  const at = bytes.length - TRAILER_BYTES;
  writeU32(bytes, at, oldestHeldSeq);
  writeU16(bytes, at + 4, crc16(bytes, at, at + 4, sealed));
}

/** Encodes a whole frame at once: header, payload, trailer. */
export function encodeFrame(header: FrameHeader, payload: Uint8Array, oldestHeldSeq: number): Uint8Array {
  const bytes = beginFrame(header);
  if (payload.length !== PAYLOAD_BYTES[header.kind]) {
    throw new RangeError(
      `payload of kind ${header.kind} is ${PAYLOAD_BYTES[header.kind]} bytes, not ${payload.length}`,
    );
  }
  bytes.set(payload, HEADER_BYTES);
  stampFrame(bytes, sealFrame(bytes), oldestHeldSeq);
  return bytes;
}

/**
 * Reads a frame, or says why it is none. Length, version and kind are looked at before the CRC, so that
 * hostile bytes cost little; nothing is thrown.
 */
export function decodeFrame(bytes: Uint8Array): Frame | FrameFault {
  if (bytes.length > FRAME_BYTES_MAX) return 'too_long';
  if (bytes.length < FRAME_BYTES_MIN) return 'truncated';
  if (bytes[HEADER.version] !== FRAME_VERSION) return 'bad_version';
  const kind = bytes[HEADER.kind] as FrameKind;
  const payloadLength = PAYLOAD_BYTES[kind];
  if (payloadLength === undefined) return 'bad_kind';
  if (readU16(bytes, HEADER.payloadLength) !== payloadLength) return 'bad_length';
  if (bytes.length !== HEADER_BYTES + payloadLength + TRAILER_BYTES) {
    return bytes.length < HEADER_BYTES + payloadLength + TRAILER_BYTES ? 'truncated' : 'too_long';
  }
  const crcAt = bytes.length - 2;
  if (crc16(bytes, 0, crcAt) !== readU16(bytes, crcAt)) return 'bad_crc';
  return readFrame(bytes);
}

/** Reads a frame that is known to be good, for example one that a gateway has checked before. */
export function readFrame(bytes: Uint8Array): Frame {
  const mounting = bytes[HEADER.mounting]!;
  return {
    kind: bytes[HEADER.kind] as FrameKind,
    flags: bytes[HEADER.flags]!,
    placement: mounting & 7,
    accelRange: (mounting >> 3) & 3,
    gyroRange: (mounting >> 5) & 3,
    device: readU32(bytes, HEADER.device),
    boot: readU16(bytes, HEADER.boot),
    firmware: readU16(bytes, HEADER.firmware),
    seq: readU32(bytes, HEADER.seq),
    startMs: readStartMs(bytes),
    batteryMv: readU16(bytes, HEADER.batteryMv),
    slotMs: readU16(bytes, HEADER.slotMs),
    payloadAt: HEADER_BYTES,
    payloadLength: bytes.length - HEADER_BYTES - TRAILER_BYTES,
    oldestHeldSeq: readU32(bytes, bytes.length - TRAILER_BYTES),
  };
}

/** True for kinds that report a slot (and so belong into a window). */
export function isReading(kind: FrameKind): boolean {
  return kind === FrameKind.features || kind === FrameKind.rawChunk;
}
