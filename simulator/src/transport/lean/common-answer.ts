import { NAMESPACE } from '@gaitway/contract';

/** The text of nearly every answer: `43/device,ID[{"boot":B,"seq":S}]`, as bytes. */
const BEFORE_ID = Buffer.from(`43${NAMESPACE.device},`);
const BEFORE_BOOT = Buffer.from('[{"boot":');
const BEFORE_SEQ = Buffer.from(',"seq":');
const AFTER_SEQ = Buffer.from('}]');

/** More digits than this might not be exact in a double: such an answer goes the general way. */
const DIGITS_MAX = 15;

/**
 * Reads the common answer straight from the read buffer: no string, no JSON, no object. Everything it does not
 * recognise to the last byte is left to the general parser, so this can only be faster, never different.
 */
export class CommonAnswer {
  messageId = 0;
  boot = 0;
  seq = 0;
  private at = 0;

  /** True where the bytes are a common answer; its numbers are then in the fields. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.at = start;
    if (!this.literal(bytes, end, BEFORE_ID)) return false;
    const messageId = this.number(bytes, end);
    if (messageId < 0 || !this.literal(bytes, end, BEFORE_BOOT)) return false;
    const boot = this.number(bytes, end);
    if (boot < 0 || !this.literal(bytes, end, BEFORE_SEQ)) return false;
    const seq = this.number(bytes, end);
    if (seq < 0 || !this.literal(bytes, end, AFTER_SEQ) || this.at !== end) return false;
    this.messageId = messageId;
    this.boot = boot;
    this.seq = seq;
    return true;
  }

  private literal(bytes: Uint8Array, end: number, expected: Uint8Array): boolean {
    const at = this.at;
    const length = expected.length;
    if (end - at < length) return false;
    for (let index = 0; index < length; index += 1) {
      if (bytes[at + index] !== expected[index]) return false;
    }
    this.at = at + length;
    return true;
  }

  /** A JSON integer without sign, or -1. */
  private number(bytes: Uint8Array, end: number): number {
    const start = this.at;
    let at = start;
    let value = 0;
    while (at < end) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at += 1;
    }
    const digits = at - start;
    // JSON knows no leading zero; the general parser says so.
    if (digits === 0 || digits > DIGITS_MAX || (digits > 1 && bytes[start] === 48)) return -1;
    this.at = at;
    return value;
  }
}
