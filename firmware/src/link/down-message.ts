import { crc16 } from '@gaitway/contract';
import { cobsEncode } from './cobs.ts';

/** What the modem says to the chip. `docs/firmware-link.md` is the document. Times in ms. */
export type DownMessage =
  | { type: 'linkUp' }
  | { type: 'linkDown' }
  /** `seq` may be -1: nothing yet. */
  | { type: 'acknowledged'; boot: number; seq: number }
  | { type: 'rejected'; flight: number; device: 'drop' | 'later'; retryAfterMs?: number | undefined }
  /** The time at which this message's last byte arrives. */
  | { type: 'timeSync'; epochMs: number }
  | { type: 'rate'; slotMs: number }
  | { type: 'mode'; mode: 'features' | 'raw' }
  | { type: 'identify' }
  | { type: 'updateOffer'; firmware: number; hash: number }
  | { type: 'button' }
  /** Test builds only: the next frame has this number. */
  | { type: 'nextSeq'; seq: number }
  /** Test builds only: the chip stops feeding its watchdog. */
  | { type: 'hang' };

export const DownType = {
  linkUp: 0x81,
  linkDown: 0x82,
  acknowledged: 0x83,
  rejected: 0x84,
  timeSync: 0x85,
  rate: 0x86,
  mode: 0x87,
  identify: 0x88,
  updateOffer: 0x89,
  button: 0x8a,
  nextSeq: 0x8e,
  hang: 0x8f,
} as const;

const MODE = { features: 0, raw: 1 } as const;
const DEVICE = { drop: 0, later: 1 } as const;
/** In place of a time that the server did not give. */
const NO_RETRY_TIME = 0xffff;
const U16_MAX = 0xffff;

/** A message as it goes over the line: COBS, ended by a zero, its CRC inside. */
export function encodeDown(message: DownMessage): Uint8Array {
  return sealMessage([DownType[message.type], ...bodyOf(message)]);
}

/** Type and body of any message, up or down, with its CRC, framed. */
export function sealMessage(typeAndBody: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(typeAndBody.length + 2);
  bytes.set(Array.from(typeAndBody));
  const crc = crc16(bytes, 0, typeAndBody.length);
  bytes[typeAndBody.length] = crc & 0xff;
  bytes[typeAndBody.length + 1] = crc >> 8;
  return cobsEncode(bytes);
}

function bodyOf(message: DownMessage): number[] {
  switch (message.type) {
    case 'linkUp':
    case 'linkDown':
    case 'identify':
    case 'button':
    case 'hang':
      return [];
    case 'acknowledged':
      return [...little(message.boot, 2), ...little(Math.max(0, message.seq), 4), message.seq < 0 ? 1 : 0];
    case 'rejected':
      return [message.flight & 0xff, DEVICE[message.device], ...little(retryTime(message.retryAfterMs), 2)];
    case 'timeSync':
      return little(message.epochMs, 6);
    case 'rate':
      return little(message.slotMs, 2);
    case 'mode':
      return [MODE[message.mode]];
    case 'nextSeq':
      return little(message.seq, 4);
    case 'updateOffer':
      return [...little(message.firmware, 2), ...little(message.hash, 4)];
  }
}

/** A wait that does not fit is cut to the longest one that does. */
function retryTime(retryAfterMs: number | undefined): number {
  return retryAfterMs === undefined ? NO_RETRY_TIME : Math.min(U16_MAX - 1, Math.max(0, retryAfterMs));
}

function little(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
}
