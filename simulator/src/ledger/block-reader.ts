import { crc32 } from 'node:zlib';
import {
  BLOCK_BODY_BYTES_MAX,
  BLOCK_HEADER_BYTES,
  BLOCK_MAGIC,
  LEDGER_CONTENTS,
  LEDGER_HEADER_BYTES_MAX,
  LEDGER_MAGIC,
  LEDGER_VERSION,
  LEDGER_VERSION_LEAST,
  type LedgerContent,
  LedgerError,
  type LedgerHeader,
  PREFIX_BYTES,
} from './ledger-format.ts';
import type { LedgerSource } from './ledger-sink.ts';

/** What came out of one file besides its records. */
export interface FileReading {
  /** `null`: the file breaks off before its header ends. */
  header: LedgerHeader | null;
  content: LedgerContent | null;
  /** Bytes at the end that are no whole block; 0 for a file that ends where a block ends. */
  brokenTailBytes: number;
}

/** Takes bytes off a row of chunks, as many as are asked for at once. */
class ChunkReader {
  private readonly chunks: Iterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: Iterable<Uint8Array>) {
    this.chunks = chunks[Symbol.iterator]();
  }

  /** The next `bytes` bytes, or fewer at the end of the file. */
  take(bytes: number): Uint8Array {
    while (this.rest.length < bytes) {
      const next = this.chunks.next();
      if (next.done === true) break;
      if (this.rest.length === 0) this.rest = next.value;
      else {
        const joined = new Uint8Array(this.rest.length + next.value.length);
        joined.set(this.rest);
        joined.set(next.value, this.rest.length);
        this.rest = joined;
      }
    }
    const taken = this.rest.subarray(0, bytes);
    this.rest = this.rest.subarray(bytes);
    return taken;
  }

  /** Lets go of the file, also when it was not read to its end. */
  close(): void {
    this.chunks.return?.();
  }
}

/**
 * Reads one file: its header to `onHeader`, each checked block's body to `onBlock`. A file that breaks
 * off (a crash, a full disk) is reported in the result. Throws {@link LedgerError} for what no crash of a
 * writer explains: another format or version, a damaged block with more behind it.
 */
export function readLedgerFile(
  source: LedgerSource,
  onHeader: (header: LedgerHeader, content: LedgerContent) => void,
  onBlock: (body: Uint8Array) => void,
): FileReading {
  const reader = new ChunkReader(source.chunks());
  try {
    const prefix = reader.take(PREFIX_BYTES);
    if (prefix.length < PREFIX_BYTES && !looksCutOff(prefix)) throw notALedger(source);
    if (prefix.length < PREFIX_BYTES) return { header: null, content: null, brokenTailBytes: prefix.length };
    const { content, headerBytes } = readPrefix(prefix, source);
    const body = reader.take(headerBytes + 4);
    if (body.length < headerBytes + 4) {
      return { header: null, content, brokenTailBytes: prefix.length + body.length };
    }
    const header = readHeader(body, source);
    onHeader(header, content);
    return { header, content, brokenTailBytes: readBlocks(reader, source, onBlock) };
  } finally {
    reader.close();
  }
}

function readBlocks(reader: ChunkReader, source: LedgerSource, onBlock: (body: Uint8Array) => void): number {
  for (let block = 0; ; block++) {
    const head = reader.take(BLOCK_HEADER_BYTES);
    if (head.length < BLOCK_HEADER_BYTES) return head.length;
    const view = viewOf(head);
    const bytes = view.getUint32(4, true);
    const expected = view.getUint32(8, true);
    if (view.getUint32(0, true) !== BLOCK_MAGIC || bytes > BLOCK_BODY_BYTES_MAX) {
      throw new LedgerError('ledger_corrupt', source.name, `block ${block} does not begin as a block does`);
    }
    const body = reader.take(bytes);
    if (body.length < bytes) return head.length + body.length;
    if (crc32(body) !== expected) {
      // A last block that was half on the disk when the machine stopped is a crash; one in the middle is not.
      if (reader.take(1).length === 0) return head.length + body.length;
      throw new LedgerError(
        'ledger_corrupt',
        source.name,
        `block ${block} is damaged: its checksum is wrong`,
      );
    }
    onBlock(body);
  }
}

function readPrefix(
  prefix: Uint8Array,
  source: LedgerSource,
): { content: LedgerContent; headerBytes: number } {
  const view = viewOf(prefix);
  if (view.getUint32(0, true) !== LEDGER_MAGIC) throw notALedger(source);
  const version = view.getUint16(4, true);
  if (version < LEDGER_VERSION_LEAST || version > LEDGER_VERSION) {
    throw new LedgerError(
      'ledger_version',
      source.name,
      `is a ledger of version ${version}; this program reads versions ${LEDGER_VERSION_LEAST} to ${LEDGER_VERSION}; audit it with the program that wrote it`,
    );
  }
  const content = LEDGER_CONTENTS[view.getUint8(6)];
  const headerBytes = view.getUint32(8, true);
  if (content === undefined || headerBytes > LEDGER_HEADER_BYTES_MAX) throw notALedger(source);
  return { content, headerBytes };
}

function readHeader(body: Uint8Array, source: LedgerSource): LedgerHeader {
  const text = body.subarray(0, body.length - 4);
  if (crc32(text) !== viewOf(body).getUint32(text.length, true)) {
    throw new LedgerError('ledger_corrupt', source.name, 'the header is damaged: its checksum is wrong');
  }
  return JSON.parse(new TextDecoder().decode(text)) as LedgerHeader;
}

/** Fewer bytes than a prefix, but the beginning of one. */
function looksCutOff(prefix: Uint8Array): boolean {
  const magic = new Uint8Array(4);
  new DataView(magic.buffer).setUint32(0, LEDGER_MAGIC, true);
  return prefix.subarray(0, 4).every((byte, i) => byte === magic[i]);
}

function notALedger(source: LedgerSource): LedgerError {
  return new LedgerError(
    'ledger_not_a_ledger',
    source.name,
    'is not a ledger file; name the folder of a run',
  );
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
