import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';

const SLAB_BYTES = 64 * 1024;
/** Two bytes, up to eight of length, four of mask. */
const HEADER_BYTES_MAX = 14;

/**
 * Builds a client's frames and writes them, for all connections of a process from one slab. A message of
 * several frames goes out in one write. What the kernel took at once (nearly always) frees its place in the
 * slab; what it did not keeps it, and the next message goes behind it or into a new slab.
 */
export class WebSocketWriter {
  private slab: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
  private begun = 0;
  private at = 0;
  private maskState: number;

  constructor() {
    // RFC 6455 10.3 wants masks that the *sender of the payload* cannot foresee, lest it plants requests for a
    // careless proxy. Payload and mask come from the same process here, so a fast generator seeded by the
    // system is enough; xorshift needs a state other than 0.
    this.maskState = randomBytes(4).readInt32LE(0) || 1;
  }

  /** Starts a message of at most `frames` frames and `payloadBytes` of payload in all. */
  begin(frames: number, payloadBytes: number): void {
    const needed = frames * HEADER_BYTES_MAX + payloadBytes;
    if (this.at + needed > this.slab.length) {
      this.slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, needed));
      this.at = 0;
    }
    this.begun = this.at;
  }

  /** A frame with these bytes as they are. `opcode` as in RFC 6455 5.2. */
  frame(opcode: number, payload: Uint8Array): void {
    const start = this.header(opcode, payload.length);
    this.slab.set(payload, start);
    this.mask(start, payload.length);
  }

  /** A text frame of `prefix`, the decimal digits of `number`, `suffix`: what every message of a device begins with. */
  numberedText(prefix: Uint8Array, number: number, suffix: Uint8Array): void {
    let digits = 1;
    for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
    const length = prefix.length + digits + suffix.length;
    const start = this.header(1, length);
    this.slab.set(prefix, start);
    let at = start + prefix.length + digits;
    this.slab.set(suffix, at);
    for (let rest = number, left = digits; left > 0; left -= 1) {
      const next = Math.floor(rest / 10);
      at -= 1;
      this.slab[at] = 48 + rest - next * 10;
      rest = next;
    }
    this.mask(start, length);
  }

  /** Writes what was built since `begin`. */
  send(socket: Socket): void {
    socket.write(this.slab.subarray(this.begun, this.at));
    // Nothing queued: the kernel has a copy of it all, and the slab's place is free again.
    if (socket.writableLength === 0) this.at = this.begun;
  }

  /** Writes a frame's header; returns where its payload begins. */
  private header(opcode: number, length: number): number {
    const slab = this.slab;
    let at = this.at;
    slab[at] = 0x80 | opcode;
    if (length < 126) {
      slab[at + 1] = 0x80 | length;
      at += 2;
    } else if (length < 0x1_0000) {
      slab[at + 1] = 0x80 | 126;
      slab.writeUInt16BE(length, at + 2);
      at += 4;
    } else {
      slab[at + 1] = 0x80 | 127;
      slab.writeUInt32BE(Math.floor(length / 0x1_0000_0000), at + 2);
      slab.writeUInt32BE(length >>> 0, at + 6);
      at += 10;
    }
    this.at = at + 4;
    return this.at;
  }

  /** Draws a mask, puts it before `start` and over the payload. */
  private mask(start: number, length: number): void {
    const slab = this.slab;
    let state = this.maskState;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.maskState = state;
    const a = state & 0xff;
    const b = (state >>> 8) & 0xff;
    const c = (state >>> 16) & 0xff;
    const d = state >>> 24;
    slab[start - 4] = a;
    slab[start - 3] = b;
    slab[start - 2] = c;
    slab[start - 1] = d;
    const end = start + length;
    let at = start;
    for (; at + 3 < end; at += 4) {
      slab[at] = slab[at]! ^ a;
      slab[at + 1] = slab[at + 1]! ^ b;
      slab[at + 2] = slab[at + 2]! ^ c;
      slab[at + 3] = slab[at + 3]! ^ d;
    }
    if (at < end) slab[at] = slab[at]! ^ a;
    if (at + 1 < end) slab[at + 1] = slab[at + 1]! ^ b;
    if (at + 2 < end) slab[at + 2] = slab[at + 2]! ^ c;
    this.at = end;
  }
}
