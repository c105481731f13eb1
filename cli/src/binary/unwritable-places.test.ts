import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { atDepth, FULL, Gaitway, gaitway, ownFolder, unbroken } from './binary.fixture.ts';
import { recordIn } from './run-outcome.fixture.ts';

const SMALL = ['run', 'smoke', '--patients', '50', '--duration', '4s'];

describe('a place where nothing can be written', () => {
  const blocked = (data: string) => {
    writeFileSync(join(data, 'file'), '');
    return join(data, 'file', 'below');
  };
  const proc = existsSync('/proc/self') ? ['/proc/gaitway/below'] : [];

  it('is refused as --record before anything is played', async () => {
    const data = ownFolder();
    for (const copy of [blocked(data), data, ...proc]) {
      const { code, stdout, stderr } = await gaitway([...SMALL, '--record', copy], { data });
      expect(unbroken(stderr)).toMatch(/--record: the record could not be written to /);
      expect(unbroken(stderr).replaceAll(' ', '')).toContain(copy);
      expect(unbroken(stderr)).toMatch(/Name a file in a folder in which this user may write/);
      expect(stdout).not.toMatch(/patients connect to/);
      expect(code).toBe(104);
    }
    expect(existsSync(join(data, 'runs'))).toBe(false);
  });

  it.each(
    atDepth(1, [
      ['a server', ['server', 'start', '--port', '0']],
      ['a run', SMALL],
      ['a fleet', ['fleet', '--target', 'http://127.0.0.1:9']],
      ['a token', ['token', 'device', '--patient', 'p000001', '--device', '2']],
    ]),
  )('is refused as --data of %s', async (_, words) => {
    for (const place of [blocked(ownFolder()), ...proc]) {
      const { code, stderr } = await gaitway([...words, '--data', place]);
      expect(unbroken(stderr)).toMatch(/is not a folder|cannot be (made|written|read) \(/);
      expect(unbroken(stderr)).toMatch(/name another folder/i);
      expect(stderr).not.toMatch(/bug of ours/);
      expect(code).toBe(104);
    }
  });

  it.runIf(FULL)(
    'as --record that comes to be one during the run costs the copy, and neither verdict nor exit code',
    async () => {
      const data = ownFolder();
      const copy = join(data, 'copies', 'run.json');
      const run = new Gaitway([...SMALL, '--record', copy], { data });
      await run.said(/synthetic patients connect to/);
      expect(existsSync(copy)).toBe(false);
      rmSync(join(data, 'copies'), { recursive: true });
      mkdirSync(copy, { recursive: true });
      const { code, stdout } = await run.ended;
      expect(unbroken(stdout)).toMatch(/Of \d+ that must hold/);
      expect(unbroken(stdout)).toMatch(/Warning: the record could not be copied to/);
      expect([0, 98, 99]).toContain(code);
      expect(recordIn(data)).toMatchObject({ finished: true });
    },
  );
});
