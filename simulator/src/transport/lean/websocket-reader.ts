/** What a server's WebSocket stream turns into. The bytes are only valid during the call. */
export interface FrameSink {
  message(binary: boolean, bytes: Buffer, start: number, end: number): void;
  ping(bytes: Buffer, start: number, end: number): void;
  /** The server's close frame; 1005 where it carries no code. */
  closing(code: number): void;
  /** The stream breaks RFC 6455 or the size limit; nothing further is read. */
  broken(why: string): void;
}

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const CONTROL_BYTES_MAX = 125;

/**
 * Reads RFC 6455 frames as a server sends them (unmasked). Whole frames are handed on where they lie, in the
 * buffer of the read; only a frame that a read cut in two is kept, so an idle connection holds no buffer.
 * Text is not checked for valid UTF-8: what is not JSON afterwards is refused there.
 */
export class WebSocketReader {
  private readonly sink: FrameSink;
  private readonly messageBytesMax: number;
  private stopped = false;
  /** Bytes of a frame that has not come in full. */
  private held: Buffer | undefined;
  private heldBytes = 0;
  /** The fragments so far of a message that came in several frames. */
  private fragments: Buffer | undefined;
  private fragmentBytes = 0;
  private fragmentsBinary = false;

  constructor(sink: FrameSink, messageBytesMax: number) {
    this.sink = sink;
    this.messageBytesMax = messageBytesMax;
  }

  /** No sink method is called after this, also when it is called from inside one. */
  stop(): void {
    this.stopped = true;
    this.held = undefined;
    this.fragments = undefined;
  }

  push(bytes: Buffer, start: number, end: number): void {
    if (this.stopped) return;
    if (this.held === undefined) {
      const done = this.readFrames(bytes, start, end);
      if (done < end && !this.stopped) {
        this.held = append(undefined, 0, bytes, done, end);
        this.heldBytes = end - done;
      }
      return;
    }
    const held = append(this.held, this.heldBytes, bytes, start, end);
    const heldEnd = this.heldBytes + end - start;
    const done = this.readFrames(held, 0, heldEnd);
    if (this.stopped) return;
    if (done > 0) held.copyWithin(0, done, heldEnd);
    this.heldBytes = heldEnd - done;
    this.held = this.heldBytes > 0 ? held : undefined;
  }

  /** Hands on every whole frame between `start` and `end`; returns where the first incomplete one begins. */
  private readFrames(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (!this.stopped && end - at >= 2) {
      const first = bytes[at]!;
      const second = bytes[at + 1]!;
      if ((first & 0x70) !== 0) return this.fail('a frame has reserved bits set', end);
      if ((second & 0x80) !== 0) return this.fail('a frame of the server is masked', end);
      let length = second & 0x7f;
      let headerBytes = 2;
      if (length === 126) {
        headerBytes = 4;
        if (end - at < headerBytes) return at;
        length = bytes.readUInt16BE(at + 2);
      } else if (length === 127) {
        headerBytes = 10;
        if (end - at < headerBytes) return at;
        // Two 32-bit halves: a double holds every length up to 2^53 exactly, and the limit is far below.
        length = bytes.readUInt32BE(at + 2) * 0x1_0000_0000 + bytes.readUInt32BE(at + 6);
      }
      const opcode = first & 0x0f;
      const final = (first & 0x80) !== 0;
      if (opcode >= OPCODE.close) {
        if (!final || length > CONTROL_BYTES_MAX)
          return this.fail('a control frame is split or too long', end);
      } else if (length + this.fragmentBytes > this.messageBytesMax) {
        return this.fail(`a message is longer than ${this.messageBytesMax} bytes`, end);
      }
      const payload = at + headerBytes;
      if (end - payload < length) return at;
      at = payload + length;
      this.frame(opcode, final, bytes, payload, at);
    }
    return this.stopped ? end : at;
  }

  private frame(opcode: number, final: boolean, bytes: Buffer, start: number, end: number): void {
    switch (opcode) {
      case OPCODE.text:
      case OPCODE.binary:
        if (this.fragments !== undefined) {
          this.fail('a message begins inside another', end);
        } else if (final) {
          this.sink.message(opcode === OPCODE.binary, bytes, start, end);
        } else {
          this.fragmentsBinary = opcode === OPCODE.binary;
          this.fragments = append(undefined, 0, bytes, start, end);
          this.fragmentBytes = end - start;
        }
        return;
      case OPCODE.continuation: {
        if (this.fragments === undefined) {
          this.fail('a continuation without a message', end);
          return;
        }
        const whole = append(this.fragments, this.fragmentBytes, bytes, start, end);
        this.fragmentBytes += end - start;
        this.fragments = whole;
        if (!final) return;
        const wholeBytes = this.fragmentBytes;
        this.fragments = undefined;
        this.fragmentBytes = 0;
        this.sink.message(this.fragmentsBinary, whole, 0, wholeBytes);
        return;
      }
      case OPCODE.close:
        this.sink.closing(end - start >= 2 ? bytes.readUInt16BE(start) : 1005);
        return;
      case OPCODE.ping:
        this.sink.ping(bytes, start, end);
        return;
      case OPCODE.pong:
        return;
      default:
        this.fail(`opcode ${opcode} is not defined`, end);
    }
  }

  private fail(why: string, end: number): number {
    this.stop();
    this.sink.broken(why);
    return end;
  }
}

/** `held` with more bytes behind its first `heldBytes`; it grows by doubling, so many small reads stay linear. */
function append(
  held: Buffer | undefined,
  heldBytes: number,
  bytes: Buffer,
  start: number,
  end: number,
): Buffer {
  const needed = heldBytes + end - start;
  let target = held;
  if (target === undefined || target.length < needed) {
    // Not from Node's pool: a small piece held for long would keep a whole pool block alive.
    target = Buffer.allocUnsafeSlow(Math.max(needed, 2 * (held?.length ?? 0), 64));
    held?.copy(target, 0, 0, heldBytes);
  }
  bytes.copy(target, heldBytes, start, end);
  return target;
}
