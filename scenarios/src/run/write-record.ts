import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '@gaitway/contract';

/**
 * A record as text: one key a line for people, except the series, last and without a space. Indented, their
 * numbers would take a line each, and an hour of them twice the room.
 */
export function recordText({ series, ...rest }: RunRecord): string {
  const head = JSON.stringify(rest, null, 1);
  return `${head.slice(0, head.lastIndexOf('\n}'))},\n "series": ${JSON.stringify(series)}\n}\n`;
}

/** Written beside and then renamed: a record is whole or not there. Returns its path. */
export function writeRecord(folder: string, record: RunRecord): string {
  const file = join(folder, 'run.json');
  writeFileSync(`${file}.part`, recordText(record));
  renameSync(`${file}.part`, file);
  return file;
}
