import { closeSync, copyFileSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EXIT_CODE } from '@gaitway/contract';
import { makeFolder } from '@gaitway/reference-server/make-folder';
import { Fault } from '../fault.ts';

/**
 * Sees that a record can be written to `copy` before anything is played for it: its folder is made, and the file
 * opened for writing. Nothing of a file that is there is changed, and none is left. Throws a {@link Fault}.
 */
export function insistOnRecordCopy(copy: string): void {
  const target = resolve(copy);
  try {
    makeFolder(dirname(target));
    const stats = statSync(target, { throwIfNoEntry: false });
    if (stats === undefined) {
      closeSync(openSync(target, 'wx'));
      rmSync(target);
    } else if (stats.isDirectory()) throw new Error('it is a folder');
    else if (stats.isFile()) closeSync(openSync(target, 'r+'));
  } catch (error) {
    throw new Fault(
      'record_copy',
      `--record: the record could not be written to ${target} (${saysOf(error)})`,
      'Name a file in a folder in which this user may write.',
      EXIT_CODE.badInput,
    );
  }
}

/** Copies a record. What stops it is returned as a sentence: the run was played, and its verdict stands. */
export function copyRecord(recordFile: string, copy: string): string | undefined {
  const target = resolve(copy);
  try {
    makeFolder(dirname(target));
    copyFileSync(recordFile, target);
    return undefined;
  } catch (error) {
    return `the record could not be copied to ${target} (${saysOf(error)}); it is where the next line says.`;
  }
}

function saysOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
