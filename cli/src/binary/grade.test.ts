import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunRecord } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { FULL, Gaitway, gaitway, linesWiderThan, ownFolder, unbroken } from './binary.fixture.ts';

const RECORDINGS = fileURLToPath(new URL('../../../simulator/src/recordings/fixtures', import.meta.url));
const recording = (name: string) => join(RECORDINGS, `${name}.csv.gz`);
const CAVEAT = /they catch gross errors, and prove nothing clinically/;

interface Graded {
  recordings: { file: string; graded: { condition: string }[] }[];
  pooled: { condition: string; method: string; cases: number }[];
}

describe('gaitway grade --recording', () => {
  it('grades recordings one by one and pooled, and says what that is not worth', async () => {
    const words = ['grade', '--recording', recording('S01R02'), '--recording', recording('S03R02')];
    const { code, stdout } = await gaitway(words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/S01R02 +│ \d+ of 24 /);
    expect(stdout).toMatch(/pooled +│ \d+ of 48 /);
    expect(unbroken(stdout)).toMatch(CAVEAT);
    expect(linesWiderThan(80, stdout)).toEqual([]);
  });

  it('gives the same as JSON, of tremor with the labels of windows', async () => {
    const { code, stdout, stderr } = await gaitway([
      ...['grade', '--recording', recording('wrist-imu'), '--placement', 'wrist', '--json'],
      ...['--labels', recording('tremor-windows')],
    ]);
    expect(code).toBe(0);
    const { recordings, pooled } = JSON.parse(stdout) as Graded;
    expect(recordings).toHaveLength(1);
    expect(pooled).toMatchObject([{ condition: 'tremor', method: 'model', cases: 14 }]);
    expect(unbroken(stderr)).toMatch(CAVEAT);
  });

  it('grades no leg as a wrist: what the columns say and what is asked must not differ', async () => {
    const words = ['grade', '--recording', recording('S01R02'), '--placement'];
    const { code, stderr } = await gaitway([...words, 'wrist']);
    expect(code).toBe(104);
    expect(unbroken(stderr)).toMatch(
      /S01R02\.csv\.gz, line 1: the columns of acceleration begin with shank_, and --placement says wrist/,
    );
    expect((await gaitway([...words, 'shank'])).code).toBe(0);
  });

  it.runIf(FULL)('refuses what cannot be used, with file, line and field', async () => {
    const folder = ownFolder();
    const file = join(folder, 'mine.csv');
    const refused = async (text: string, ...more: string[]) => {
      writeFileSync(file, text);
      const { code, stderr } = await gaitway(['grade', '--recording', file, ...more]);
      return { code, says: unbroken(stderr) };
    };
    const row = (ms: number) => `${ms},0,0,1`;
    const rows = [0, 20, 40, 60].map(row);
    const whole = ['time_ms,x_g,y_g,z_g', ...rows].join('\n');
    expect(await refused(whole)).toMatchObject({
      code: 104,
      says: expect.stringMatching(/where the sensor sat/),
    });
    expect(await refused(`${whole}\n50,0,0,1\n`, '--placement', 'wrist')).toMatchObject({
      code: 104,
      says: expect.stringMatching(/mine\.csv, line 6, field time_ms: time goes back: 50 ms after 60 ms/),
    });
    expect(await refused(whole.replace('x_g', 'x'), '--placement', 'wrist')).toMatchObject({
      code: 104,
      says: expect.stringMatching(
        /mine\.csv, line 1, field x: this column is not known, or does not say its unit/,
      ),
    });
    expect(await refused(whole, '--placement', 'wrist', '--labels', file, '--labels', file)).toMatchObject({
      code: 104,
      says: expect.stringMatching(/2 label files for 1 recordings/),
    });
  });

  it('and a run together, or neither, are refused', async () => {
    for (const words of [['grade'], ['grade', 'latest', '--recording', recording('S01R02')]]) {
      const { code, stderr } = await gaitway(words);
      expect(code).toBe(104);
      expect(unbroken(stderr)).toMatch(/gaitway grade latest/);
    }
  });
});

describe('gaitway grade of a run', () => {
  it.runIf(FULL)(
    'reads its archive again, gives what the record has, and fails where slots lack their answers',
    async () => {
      const data = ownFolder();
      const words = ['run', 'mvp', '--duration', '45s', '--viewers', '0', '--seed', '3', '--json'];
      const record = JSON.parse((await gaitway(words, { data })).stdout) as RunRecord;
      expect(record.grades.conditions.map(({ condition }) => condition)).toEqual(
        expect.arrayContaining(['tremor', 'gait']),
      );
      const { code, stdout } = await gaitway(['grade', 'latest', '--json'], { data });
      expect((JSON.parse(stdout) as { grades: unknown }).grades).toEqual(record.grades);
      // A machine that is too busy to send some readings at all leaves slots without an answer.
      expect(code).toBe(record.grades.verdict === 'holds' ? 0 : 99);

      // The same archive beside a record of more patients: those were never answered for.
      const folder = join(data, 'runs', record.id);
      const copy = join(data, 'copied');
      cpSync(folder, copy, { recursive: true });
      const file = join(copy, 'run.json');
      const more = JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
      writeFileSync(file, JSON.stringify({ ...more, patients: 2 * more.patients }));
      const short = await gaitway(['grade', copy], { data });
      expect(short.code).toBe(99);
      expect(unbroken(short.stdout)).toMatch(
        /tremor: \d+ of \d+ slots were answered \(0\.\d+, at least 0\.99 are needed\)/,
      );
      expect(unbroken(short.stdout)).toMatch(/fails: grade_coverage rate>=0\.99/);
    },
  );

  it.runIf(FULL)("knows whom a fleet was of: the cohort is in the fleet's record", async () => {
    const served = ownFolder();
    const windows = ['--window-seconds', '10', '--window-phase-spread-seconds', '5'];
    const server = new Gaitway(['server', 'start', '--port', '0', ...windows], { data: served });
    const [, url] = await server.said(/(http:\/\/127\.0\.0\.1:\d+)/);
    const env = { GAITWAY_TOKEN_SECRET: readFileSync(join(served, 'token-secret'), 'utf8').trim() };
    const data = ownFolder();
    const words = [
      'fleet',
      '--target',
      url!,
      '--patients',
      '10',
      '--duration',
      '20s',
      '--cohort',
      'freezers',
    ];
    const fleet = await gaitway([...words, '--json'], { data, env });
    const record = JSON.parse(fleet.stdout) as RunRecord;
    const { code, stdout, stderr } = await gaitway(['grade', 'latest', '--json'], { data, env });
    const { grades } = JSON.parse(stdout) as Pick<RunRecord, 'grades'>;
    expect(grades).toEqual(record.grades);
    expect(unbroken(stderr)).toMatch(/fleet, 10 synthetic patients of the cohort freezers, seed 1\./);
    // They wear it at the shank, where nobody can tell a tremor.
    expect(grades.conditions.map(({ condition }) => condition)).toEqual(['gait', 'freezing']);
    expect(code).toBe(record.grades.verdict === 'holds' ? 0 : 99);
  });

  it.runIf(FULL)('with slots of a second leaves the verdict open, with the cause', async () => {
    const data = ownFolder();
    const run = ['run', 'smoke', '--patients', '10', '--viewers', '0', '--duration', '4s', '--json'];
    const record = JSON.parse((await gaitway(run, { data })).stdout) as RunRecord;
    expect(record.grades).toMatchObject({ verdict: 'no-verdict', conditions: [] });
    expect(record.verdicts.some(({ metric }) => metric.startsWith('grade_'))).toBe(false);
    const { code, stdout } = await gaitway(['grade', 'latest'], { data });
    expect(code).toBe(96);
    expect(unbroken(stdout)).toMatch(
      /no slot could be answered: a slot of less than 2 s holds too few strides/,
    );
  });
});
