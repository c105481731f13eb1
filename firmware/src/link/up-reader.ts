import { crc16, readU16 } from '@gaitway/contract';
import { cobsDecode } from './cobs.ts';

export const UpType = { frame: 0x01, log: 0x02 } as const;

/** What the chip says to the modem; `damaged` is what could not be read, as it came. */
export type UpMessage =
  | { type: 'frame'; flight: number; bytes: Uint8Array }
  | { type: 'log'; code: number; value: number }
  | { type: 'damaged'; bytes: Uint8Array; says: string };

const CRC_BYTES = 2;
/** Longer than the longest message: a raw chunk's frame. What goes on and on without an end is let go there. */
const MESSAGE_BYTES_MAX = 400;

/** Puts the chip's bytes together into messages. */
export class UpReader {
  private readonly bytes = new Uint8Array(MESSAGE_BYTES_MAX);
  private length = 0;

  /** Takes one byte; gives the message that it ends. */
  push(value: number): UpMessage | undefined {
    if (value !== 0) {
      if (this.length < MESSAGE_BYTES_MAX) this.bytes[this.length++] = value;
      return undefined;
    }
    const encoded = this.bytes.slice(0, this.length);
    this.length = 0;
    return encoded.length === 0 ? undefined : read(encoded);
  }

  /** Forgets what was begun: the chip was reset in the middle of a message. */
  reset(): void {
    this.length = 0;
  }
}

function read(encoded: Uint8Array): UpMessage {
  const damaged = (says: string): UpMessage => ({ type: 'damaged', bytes: encoded, says });
  const message = cobsDecode(encoded);
  if (message === undefined) return damaged('not COBS');
  const end = message.length - CRC_BYTES;
  if (end < 1) return damaged('too short');
  if (crc16(message, 0, end) !== readU16(message, end)) return damaged('wrong CRC');
  switch (message[0]) {
    case UpType.frame:
      return end < 2
        ? damaged('a frame without bytes')
        : { type: 'frame', flight: message[1]!, bytes: message.slice(2, end) };
    case UpType.log:
      return end === 4
        ? { type: 'log', code: message[1]!, value: readU16(message, 2) }
        : damaged('a log of wrong length');
    default:
      return damaged(`type ${message[0]} is unknown`);
  }
}
