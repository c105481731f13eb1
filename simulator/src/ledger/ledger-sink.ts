/**
 * Where one ledger file goes. Writing is synchronous on purpose: a block is 64 KB and comes about once a
 * second, and what was written before a crash is then really in the file.
 */
export interface LedgerSink {
  readonly name: string;
  /** Appends; the bytes are the caller's again afterwards. Throws what the store throws. */
  write(bytes: Uint8Array): void;
  close(): void;
}

/** One ledger file to read, from its beginning, in pieces of any length. */
export interface LedgerSource {
  readonly name: string;
  chunks(): Iterable<Uint8Array>;
}

/** A ledger file in memory: for runs under virtual time and for tests. */
export class MemoryLedgerFile implements LedgerSink, LedgerSource {
  readonly name: string;
  private readonly parts: Uint8Array[] = [];
  bytes = 0;

  constructor(name: string) {
    this.name = name;
  }

  write(bytes: Uint8Array): void {
    this.parts.push(bytes.slice());
    this.bytes += bytes.length;
  }

  close(): void {}

  chunks(): Iterable<Uint8Array> {
    return this.parts;
  }
}
