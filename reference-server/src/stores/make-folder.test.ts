import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { FolderFault, makeFolder } from './make-folder.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gaitway-make-folder-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
});

function faultOf(act: () => void): FolderFault {
  try {
    act();
  } catch (error) {
    if (error instanceof FolderFault) return error;
    throw error;
  }
  throw new Error('it threw nothing');
}

describe('a folder', () => {
  it('is made with all that are missing above it, and again is harmless', () => {
    const folder = join(home, 'a', 'b', 'c');
    makeFolder(folder, 0o700);
    makeFolder(folder, 0o700);
    expect(statSync(folder).isDirectory()).toBe(true);
    if (process.platform !== 'win32') expect(statSync(join(home, 'a')).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['is a file itself', []],
    ['lies in a file', ['a', 'b']],
  ])('that %s is told with the name of that file', (_, below) => {
    const file = join(home, 'file');
    writeFileSync(file, '');
    const fault = faultOf(() => makeFolder(join(file, ...below)));
    expect(fault).toMatchObject({ code: 'ENOTDIR', message: `${file} is not a folder` });
  });

  it.runIf(existsSync('/proc/self'))(
    'on a file system that makes none is told, and does not try for ever',
    () => {
      const fault = faultOf(() => makeFolder('/proc/gaitway/data'));
      expect(fault.message).toMatch(/^\/proc(\/gaitway)? cannot be (made|written) \(E\w+\)$/);
    },
  );
});
