/**
 * The one table of the wire. `docs/wire-format.md` is its document; firmware, twin, server and k6 scripts
 * are held to the vectors beside it. All numbers are little-endian.
 *
 * A frame is: header (28 bytes), payload, trailer (6 bytes).
 * Header and payload never change once a frame was made; the trailer is stamped at each transmission,
 * because the oldest frame that a device still holds changes while a frame waits. The CRC covers all
 * before it, and lies behind the trailer's number, so that a device keeps the CRC of the fixed part and
 * continues it over four bytes.
 */
export const FRAME_VERSION = 1;

export const FrameKind = { features: 1, rawChunk: 2, event: 3, boot: 4 } as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** Bits of the flags byte. */
export const FrameFlag = {
  /** The device's clock was never set: its start time means nothing. Such a frame waits on the device. */
  clockNotSynced: 1,
  /** Samples are missing in this slot. */
  gap: 2,
  /** At least one sample lay at the end of its range. */
  saturated: 4,
  /** The device was not worn. */
  offWrist: 8,
  /** The frame was made while the link was down. */
  backfill: 16,
} as const;

export const Placement = { unknown: 0, wrist: 1, shank: 2, ankle: 3, lumbar: 4 } as const;
export type Placement = (typeof Placement)[keyof typeof Placement];

/** Offsets of the header's fields, in bytes. */
export const HEADER = {
  version: 0,
  kind: 1,
  flags: 2,
  /** Bits 0-2 placement, 3-4 accelerometer range (0: 2 g .. 3: 16 g), 5-6 gyroscope range (0: 250 .. 3: 2000 deg/s). */
  mounting: 3,
  device: 4,
  boot: 8,
  /** Major in the upper 4 bits, minor in the next 6, patch in the lower 6. */
  firmware: 10,
  seq: 12,
  /** 48 bits: start of what the frame reports, ms since the Unix epoch. */
  startMs: 16,
  batteryMv: 22,
  /** How long the slot is, in ms (raw chunk: the reading's slot, not the chunk; event and boot: 0). */
  slotMs: 24,
  payloadLength: 26,
} as const;
export const HEADER_BYTES = 28;

/** The trailer: `oldestHeldSeq` (u32), then the CRC (u16). */
export const TRAILER_BYTES = 6;

export const PAYLOAD_BYTES: Readonly<Record<FrameKind, number>> = {
  [FrameKind.features]: 72,
  [FrameKind.rawChunk]: 302,
  [FrameKind.event]: 12,
  [FrameKind.boot]: 8,
};

/** The longest frame there is; anything longer is refused unread. */
export const FRAME_BYTES_MAX = HEADER_BYTES + 302 + TRAILER_BYTES;
/** The shortest thing that can be looked at as a frame. */
export const FRAME_BYTES_MIN = HEADER_BYTES + TRAILER_BYTES;

/** Raw mode: ten chunks of 25 samples make a reading of 5 s at 50 Hz. */
export const RAW_CHUNKS_PER_READING = 10;
export const RAW_SAMPLES_PER_CHUNK = 25;

export const SAMPLE_RATE_HZ = 50;
export const SLOT_MS_DEFAULT = 5000;

/** A frame that starts further ahead of the server's clock than this is refused as `future`. */
export const FUTURE_LIMIT_MS = 5 * 60 * 1000;

/** How many frames a device holds until they are acknowledged (2 KB of RAM decide it). */
export const RING_FRAMES = 12;

/** The last number of a boot. A device that reaches it goes on at seq 0 of the next boot: no number is used twice. */
export const SEQ_MAX = 0xffffffff;
