import { crc32 } from 'node:zlib';
import {
  BLOCK_HEADER_BYTES,
  BLOCK_MAGIC,
  LEDGER_CONTENTS,
  LEDGER_MAGIC,
  LEDGER_VERSION,
  type LedgerContent,
  type LedgerHeader,
  PREFIX_BYTES,
} from './ledger-format.ts';
import type { LedgerSink } from './ledger-sink.ts';

/** Bodies are about this long: a crash costs at most so much of the history. */
const BLOCK_BODY_BYTES = 64 * 1024;

/** Gathers records into checked blocks. The one buffer is all the memory it takes. */
export class BlockWriter {
  private readonly sink: LedgerSink;
  private readonly buffer = new Uint8Array(BLOCK_HEADER_BYTES + BLOCK_BODY_BYTES);
  readonly view = new DataView(this.buffer.buffer);
  private end = BLOCK_HEADER_BYTES;

  constructor(sink: LedgerSink, content: LedgerContent, header: LedgerHeader) {
    this.sink = sink;
    const body = new TextEncoder().encode(JSON.stringify(header));
    const prefix = new Uint8Array(PREFIX_BYTES + body.length + 4);
    const view = new DataView(prefix.buffer);
    view.setUint32(0, LEDGER_MAGIC, true);
    view.setUint16(4, LEDGER_VERSION, true);
    view.setUint8(6, LEDGER_CONTENTS.indexOf(content));
    view.setUint32(8, body.length, true);
    prefix.set(body, PREFIX_BYTES);
    view.setUint32(PREFIX_BYTES + body.length, crc32(body), true);
    sink.write(prefix);
  }

  /** Makes room for one record, zeroed, and returns where in {@link view} it lies. */
  record(bytes: number): number {
    if (this.end + bytes > this.buffer.length) this.flush();
    const at = this.end;
    this.end += bytes;
    this.buffer.fill(0, at, this.end);
    return at;
  }

  copyIn(at: number, bytes: Uint8Array): void {
    this.buffer.set(bytes, at);
  }

  /** Writes what is gathered as one block. */
  flush(): void {
    if (this.end === BLOCK_HEADER_BYTES) return;
    const body = this.buffer.subarray(BLOCK_HEADER_BYTES, this.end);
    this.view.setUint32(0, BLOCK_MAGIC, true);
    this.view.setUint32(4, body.length, true);
    this.view.setUint32(8, crc32(body), true);
    this.sink.write(this.buffer.subarray(0, this.end));
    this.end = BLOCK_HEADER_BYTES;
  }

  close(): void {
    this.flush();
    this.sink.close();
  }
}
