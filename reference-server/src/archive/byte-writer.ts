/** Integers up to here are written as such; larger ones as floating point. Twice two bits are needed beside them. */
const INTEGER_MAX = 2 ** 50;
/** The codes of what is no integer: odd, so that integers have the even ones. */
export const CODE = { nothing: 1, real: 3, text: 5 } as const;
const REAL_BYTES = 8;

/**
 * Values one after the other as few bytes: an integer is twice its zigzag code in base 128, least digits
 * first; a number that is none follows the code {@link CODE.real} as eight bytes, a text {@link CODE.text} and its
 * length. One writer serves for ever: its memory is that of the longest document.
 */
export class ByteWriter {
  private bytes = Buffer.allocUnsafeSlow(16 * 1024);
  private at = 0;

  value(value: number | null): void {
    if (value === null) this.code(CODE.nothing);
    else if (Number.isInteger(value) && value <= INTEGER_MAX && value >= -INTEGER_MAX) {
      this.code(value >= 0 ? 4 * value : -4 * value - 2);
    } else {
      this.code(CODE.real);
      this.room(REAL_BYTES);
      this.bytes.writeDoubleLE(value, this.at);
      this.at += REAL_BYTES;
    }
  }

  text(text: string): void {
    this.code(CODE.text);
    const length = asciiOnly(text) ? text.length : Buffer.byteLength(text);
    this.code(length);
    this.room(length);
    if (length === text.length) for (let i = 0; i < length; i++) this.bytes[this.at + i] = text.charCodeAt(i);
    else this.bytes.write(text, this.at);
    this.at += length;
  }

  /** A copy of what was written; the writer begins anew. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.at));
    this.at = 0;
    return taken;
  }

  private code(code: number): void {
    this.room(REAL_BYTES);
    const { bytes } = this;
    let rest = code;
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) bytes[this.at++] = (rest % 128) | 128;
    for (; rest > 127; rest >>>= 7) bytes[this.at++] = (rest & 127) | 128;
    bytes[this.at++] = rest;
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.bytes.length + bytes));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }
}

function asciiOnly(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}
