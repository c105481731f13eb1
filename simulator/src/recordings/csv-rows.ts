import { createReadStream, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { decimalIn } from './decimal.ts';
import { RecordingError } from './recording-error.ts';

/** One row of a CSV file, and its line, from 1. */
export interface CsvRow {
  line: number;
  fields: string[];
}

/** The rows of a CSV file, or of one packed with gzip (its name ends in `.gz`), as they are read. */
export async function* csvRows(file: string): AsyncIterable<CsvRow> {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) {
    const says =
      found === undefined ? 'there is no such file' : `it is ${found.isDirectory() ? 'a folder' : 'no file'}`;
    throw new RecordingError('recording_missing', { file }, says, 'name a CSV file, or one packed with gzip');
  }
  const parser = parse({ bom: true, info: true, skipEmptyLines: true, trim: true });
  const source = createReadStream(file);
  const bytes = file.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  // What fails before the parser would otherwise end nothing.
  source.on('error', (error) => parser.destroy(error));
  if (bytes !== source) bytes.on('error', (error: Error) => parser.destroy(error));
  bytes.pipe(parser);
  try {
    for await (const { info, record } of parser as AsyncIterable<{
      info: { lines: number };
      record: string[];
    }>) {
      yield { line: info.lines, fields: record };
    }
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    throw unreadable(error, file);
  } finally {
    source.destroy();
  }
}

function unreadable(error: unknown, file: string): RecordingError {
  const says = error instanceof Error ? error.message : String(error);
  const line = error instanceof CsvError && typeof error.lines === 'number' ? { line: error.lines } : {};
  const hint = 'is it whole, and comma-separated with one header line?';
  return new RecordingError('recording_format', { file, ...line }, `it cannot be read (${says})`, hint);
}

/** A field as a finite number; throws where it is none. */
export function numberIn(row: CsvRow, index: number, name: string, file: string): number {
  const text = row.fields[index] ?? '';
  const value = decimalIn(text);
  if (Number.isFinite(value)) return value;
  throw new RecordingError(
    'recording_value',
    { file, line: row.line, field: name },
    `'${text}' is not a number`,
    'leave the whole row out where a sample is missing: gaps are understood',
  );
}
