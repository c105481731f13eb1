import { closeSync, mkdirSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type LedgerContent, LedgerError, ledgerFileName } from './ledger-format.ts';
import type { LedgerSink, LedgerSource } from './ledger-sink.ts';

/** A ledger file on disk. Throws {@link LedgerError} (`ledger_write`) when it cannot be opened or the disk is full. */
export function openLedgerFile(
  folder: string,
  content: LedgerContent,
  worker: number,
  workers: number,
): LedgerSink {
  const name = ledgerFileName(content, worker, workers);
  const path = join(folder, name);
  let descriptor: number;
  try {
    mkdirSync(folder, { recursive: true });
    descriptor = openSync(path, 'w');
  } catch (cause) {
    throw new LedgerError('ledger_write', path, `cannot be opened for writing (${says(cause)})`, { cause });
  }
  return {
    name,
    write(bytes) {
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      } catch (cause) {
        throw new LedgerError(
          'ledger_write',
          path,
          `cannot be written (${says(cause)}); make room, or choose another folder`,
          { cause },
        );
      }
    },
    close: () => closeSync(descriptor),
  };
}

/** Every ledger file in the folder of a run, in order of their names. Throws `ledger_empty` when there is none. */
export function ledgerFilesIn(folder: string): LedgerSource[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => /^ledger-(readings|frames)-\d+-of-\d+\.bin$/.test(name));
  } catch (cause) {
    throw new LedgerError('ledger_empty', folder, `is not a folder that can be read (${says(cause)})`, {
      cause,
    });
  }
  if (names.length === 0) {
    throw new LedgerError('ledger_empty', folder, 'holds no ledger; name the folder of a run');
  }
  return names.sort().map((name) => ({ name, chunks: () => readChunks(join(folder, name)) }));
}

const READ_BYTES = 1024 * 1024;

function* readChunks(path: string): Iterable<Uint8Array> {
  const descriptor = openSync(path, 'r');
  try {
    for (;;) {
      const chunk = new Uint8Array(READ_BYTES);
      const length = readSync(descriptor, chunk, 0, READ_BYTES, null);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

function says(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
