import {
  FrameFlag,
  FrameKind,
  HEADER_BYTES,
  PAYLOAD_BYTES,
  RING_FRAMES,
  SAMPLE_RATE_HZ,
} from '@gaitway/contract';

/** A tick of the device: one sample. */
export const TICK_MS = 1000 / SAMPLE_RATE_HZ;

/** What many devices have in common. One object serves them all. */
export interface TwinSettings {
  /** Version as in the frame header: major in the upper 4 bits, minor in the next 6, patch in the lower 6. */
  firmware: number;
  placement: number;
  accelRange: number;
  gyroRange: number;
  /** How many frames the ring holds (least 1). Default: the contract's `RING_FRAMES`. */
  ringFrames?: number;
  /** How long a transmission waits for its answer. Default {@link ACK_TIMEOUT_MS_DEFAULT}. */
  ackTimeoutMs?: number;
  /** `false`: the device has no clock after a start, until it is told the time. Default: its clock is right all along. */
  clockSurvives?: boolean;
}

export const ACK_TIMEOUT_MS_DEFAULT = 2000;

/** Delays between a transmission's time-out and the next one; the last one repeats. */
export const RETRY_DELAYS_MS = [1000, 2000, 4000, 8000, 16000] as const;

/** Each held frame has its CRC behind its fixed part; its trailer is made at each transmission. */
export const HELD_CRC_BYTES = 2;
const FEATURES_HELD_BYTES = HEADER_BYTES + PAYLOAD_BYTES[FrameKind.features] + HELD_CRC_BYTES;

export function ringFramesOf(settings: TwinSettings): number {
  return settings.ringFrames ?? RING_FRAMES;
}

/** The memory of the ring: as many frames of features as it may hold, or fewer of the longer raw chunks. */
export function ringBytesOf(settings: TwinSettings): number {
  return ringFramesOf(settings) * FEATURES_HELD_BYTES;
}

export function ackTimeoutMsOf(settings: TwinSettings): number {
  return settings.ackTimeoutMs ?? ACK_TIMEOUT_MS_DEFAULT;
}

export function clockSurvives(settings: TwinSettings): boolean {
  return settings.clockSurvives ?? true;
}

/** Flags that the twin sets itself, whatever its caller says. */
export function ownFlags(linkIsUp: boolean, clockIsSynced: boolean): number {
  return (linkIsUp ? 0 : FrameFlag.backfill) | (clockIsSynced ? 0 : FrameFlag.clockNotSynced);
}
