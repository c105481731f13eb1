import { FrameFlag, HEADER, readStartMs, sealFrame, TRAILER_BYTES, writeStartMs } from '@gaitway/contract';
import { HELD_CRC_BYTES } from './settings.ts';

/** A frame that the device keeps until it is acknowledged, dropped or refused. */
export interface HeldFrame {
  /** Header, payload and trailer. Header and payload never change; the trailer is stamped at each transmission. */
  readonly bytes: Uint8Array;
  /** CRC of header and payload, kept so that a transmission continues it over the trailer only. */
  sealed: number;
  readonly boot: number;
  readonly seq: number;
  /** When the frame was due: latency starts here. */
  readonly dueMs: number;
  /** When it was first put on the wire; -1: never. */
  firstSentMs: number;
}

/** What the device's ring needs for a frame. */
export function heldBytes(bytes: Uint8Array): number {
  return bytes.length - TRAILER_BYTES + HELD_CRC_BYTES;
}

/** It was made by a device that did not know the time, and waits until it does. */
export function waitsForClock(frame: HeldFrame): boolean {
  return (frame.bytes[HEADER.flags]! & FrameFlag.clockNotSynced) !== 0;
}

/** Gives a frame that waits for the clock its true start, `offsetMs` after the one it has; then it waits no more. */
export function correctStart(frame: HeldFrame, offsetMs: number): void {
  frame.bytes[HEADER.flags]! &= ~FrameFlag.clockNotSynced;
  writeStartMs(frame.bytes, readStartMs(frame.bytes) + offsetMs);
  frame.sealed = sealFrame(frame.bytes);
}
