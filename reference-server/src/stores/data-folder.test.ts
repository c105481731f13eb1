import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolderFault, openDataFolder } from './data-folder.ts';

describe('data folder', () => {
  let root: string;
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'gaitway-folder-'));
    folder = join(root, 'data');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(root, { recursive: true });
  });

  function faultOf(path: string): DataFolderFault {
    try {
      openDataFolder(path).close();
    } catch (error) {
      expect(error).toBeInstanceOf(DataFolderFault);
      return error as DataFolderFault;
    }
    throw new Error('the folder was opened');
  }

  it('is created with its parents, with its format and a place for the stores', () => {
    const path = join(folder, 'deep', 'er');
    const opened = openDataFolder(path);
    expect(readFileSync(join(path, 'format-version'), 'utf8')).toBe('1\n');
    expect(existsSync(opened.storesFolder)).toBe(true);
    opened.close();
    expect(readdirSync(path).sort()).toEqual(['format-version', 'stores']);
  });

  it('can be opened again once it was closed, with what is in it', () => {
    const first = openDataFolder(folder);
    writeFileSync(join(first.storesFolder, 'kept'), '');
    first.close();
    first.close();
    const again = openDataFolder(folder);
    expect(readdirSync(again.storesFolder)).toEqual(['kept']);
    again.close();
  });

  it('that this process has open is held', () => {
    const first = openDataFolder(folder);
    expect(faultOf(folder)).toMatchObject({
      code: 'held',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    first.close();
    openDataFolder(folder).close();
  });

  it('that another process has open is held, by that process', async () => {
    openDataFolder(folder).close();
    const child = await sleeper();
    writeFileSync(join(folder, 'lock'), `${child.pid} -\n`);
    const fault = faultOf(folder);
    expect(fault.code).toBe('held');
    expect(fault.message).toContain(`held by another server (process ${child.pid})`);
    expect(fault.message).toContain('Stop that one, or start this one with another data folder');
    expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe(`${child.pid} -\n`);
  });

  it('of a process that is gone is taken over', () => {
    openDataFolder(folder).close();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(join(folder, 'lock'), `${pid} -\n`);
    const opened = openDataFolder(folder);
    expect(readFileSync(join(folder, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    opened.close();
    expect(readdirSync(folder).sort()).toEqual(['format-version', 'stores']);
  });

  it('of an earlier process with the number of this one is taken over (containers start at the same number)', () => {
    openDataFolder(folder).close();
    writeFileSync(join(folder, 'lock'), `${process.pid} an-earlier-start:1\n`);
    openDataFolder(folder).close();
  });

  it.runIf(process.platform === 'linux')(
    'of an earlier process whose number was given again is taken over',
    async () => {
      openDataFolder(folder).close();
      const child = await sleeper();
      writeFileSync(join(folder, 'lock'), `${child.pid} an-earlier-start:1\n`);
      openDataFolder(folder).close();
    },
  );

  it('with an empty or damaged lock is taken over', () => {
    openDataFolder(folder).close();
    for (const text of ['', 'rubbish\n', '-5 -\n', '0 -\n']) {
      writeFileSync(join(folder, 'lock'), text);
      openDataFolder(folder).close();
    }
  });

  it('that is a file, or lies below one, is not a folder', () => {
    writeFileSync(folder, 'text');
    expect(faultOf(folder).code).toBe('not_a_folder');
    expect(faultOf(join(folder, 'below')).code).toBe('not_a_folder');
    expect(readFileSync(folder, 'utf8')).toBe('text');
  });

  it('that may not be written is refused, and stays as it is', () => {
    openDataFolder(folder).close();
    chmodSync(folder, 0o555);
    const fault = faultOf(folder);
    expect(fault.code).toBe('not_writable');
    expect(fault.message).toContain('Give this user the right to write there');
    expect(existsSync(join(folder, 'lock'))).toBe(false);
    chmodSync(folder, 0o755);
  });

  it.each([
    {
      version: '0\n',
      code: 'older_format',
      says: 'is of format 0; this version reads format 1. Start the older version',
    },
    {
      version: '2\n',
      code: 'newer_format',
      says: 'is of format 2; this version reads format 1. Start the newer version',
    },
    { version: 'one', code: 'damaged', says: 'no number' },
    { version: '', code: 'damaged', says: 'no number' },
  ])('with version "$version" is refused as $code', ({ version, code, says }) => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'format-version'), version);
    const fault = faultOf(folder);
    expect(fault.code).toBe(code);
    expect(fault.message).toContain(says);
    expect(readdirSync(folder)).toEqual(['format-version']);
  });

  it('that holds files of others is refused, and they stay', () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'thesis.txt'), 'text');
    expect(faultOf(folder)).toMatchObject({
      code: 'not_ours',
      message: expect.stringContaining('thesis.txt'),
    });
    expect(readdirSync(folder)).toEqual(['thesis.txt']);
  });

  it('that was left half made is made whole', () => {
    mkdirSync(join(folder, 'stores'), { recursive: true });
    writeFileSync(join(folder, 'lock.format-version'), '');
    openDataFolder(folder).close();
    expect(readFileSync(join(folder, 'format-version'), 'utf8')).toBe('1\n');
  });

  /** A process that runs until it is killed. */
  async function sleeper(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)']);
    children.push(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return child;
  }
});
