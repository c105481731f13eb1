import { CODE } from './byte-writer.ts';

/** Reads what a `ByteWriter` wrote, in the same order. Throws when the bytes are something else. */
export class ByteReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(): number {
    const value = this.value();
    return typeof value === 'number' ? value : this.damaged('a number');
  }

  numberOrNull(): number | null {
    const value = this.value();
    return typeof value === 'string' ? this.damaged('a number or nothing') : value;
  }

  text(): string {
    const value = this.value();
    return typeof value === 'string' ? value : this.damaged('a text');
  }

  value(): number | string | null {
    const code = this.code();
    if (code % 2 === 0) return code % 4 === 0 ? code / 4 : -(code + 2) / 4;
    if (code === CODE.nothing) return null;
    if (code === CODE.real) {
      this.at += 8;
      return this.bytes.readDoubleLE(this.at - 8);
    }
    if (code !== CODE.text) return this.damaged('a value');
    const length = this.code();
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }

  private code(): number {
    const { bytes } = this;
    let code = 0;
    for (let factor = 1; ; factor *= 128) {
      const digit = bytes[this.at++];
      if (digit === undefined) return this.damaged('more');
      if (digit < 128) return code + digit * factor;
      code += (digit - 128) * factor;
    }
  }

  private damaged(expected: string): never {
    throw new Error(`a stored document is damaged: ${expected} was expected before byte ${this.at}`);
  }
}
