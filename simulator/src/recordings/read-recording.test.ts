import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readRecording } from './read-recording.ts';
import { RecordingError } from './recording-error.ts';
import { readWindowLabels } from './window-labels.ts';

const folder = mkdtempSync(join(tmpdir(), 'gaitway-recordings-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileOf(text: string, packed = false): string {
  const file = join(folder, `recording-${files++}.csv${packed ? '.gz' : ''}`);
  writeFileSync(file, packed ? gzipSync(text) : text);
  return file;
}

/** Rows at 50 Hz of a sensor that lies still, with `change` made to the fields of each. */
function still(
  header: string,
  rows: number,
  change: (fields: string[], row: number) => string[] = (fields) => fields,
): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const columns = header.split(',').length;
    return change([String(20 * row), '0', '0', '1', '0', '0', '0'].slice(0, columns), row).join(',');
  });
  return `${[header, ...lines].join('\n')}\n`;
}
const SIX = 'time_ms,a_x_g,a_y_g,a_z_g,r_x_dps,r_y_dps,r_z_dps';
const THREE = 'time_ms,a_x_g,a_y_g,a_z_g';

async function faultOf(text: string): Promise<RecordingError> {
  const error: unknown = await readRecording(fileOf(text)).catch((fault: unknown) => fault);
  expect(error).toBeInstanceOf(RecordingError);
  return error as RecordingError;
}

describe('a recording', () => {
  it('is read with its units, packed or not', async () => {
    const rows = ['0.00,0,0,1000,1,0,0', '0.01,500,0,1000,2,0,0', '0.02,0,0,1000,3,0,0'];
    const text = ['time_s,a_mg,b_mg,c_mg,p_rads,q_rads,r_rads', ...rows].join('\n');
    for (const packed of [false, true]) {
      const { timesMs, accel, gyro, labels, rateHz, gaps } = await readRecording(fileOf(text, packed));
      expect([...timesMs]).toEqual([0, 10, 20]);
      expect([...accel[0]!]).toEqual([0, 0.5, 0]);
      expect(gyro[0]![1]).toBeCloseTo(114.59, 2);
      expect(labels).toBeUndefined();
      expect(rateHz).toBeCloseTo(100, 6);
      expect(gaps).toEqual([]);
    }
  });

  it('may lack a gyroscope, have labels, and say by its columns where it was made', async () => {
    const header = 'time_ms,shank_a_g,shank_b_g,shank_c_g,label';
    const text = still(header, 10, ([time, x, y, z], row) => [time!, x!, y!, z!, row < 5 ? '0' : '2']);
    const { gyro, labels, placement } = await readRecording(fileOf(text));
    expect(gyro).toEqual([]);
    expect([...labels!]).toEqual([0, 0, 0, 0, 0, 2, 2, 2, 2, 2]);
    expect(placement).toBe('shank');
  });

  it('keeps its gaps, with the line behind each', async () => {
    const text = still(THREE, 20, ([time, ...rest], row) => [
      String(Number(time) + (row < 10 ? 0 : 5000)),
      ...rest,
    ]);
    expect((await readRecording(fileOf(text))).gaps).toEqual([{ line: 12, fromMs: 180, toMs: 5200 }]);
  });
});

describe('a recording that cannot be used is refused with file, line and field:', () => {
  const at = (row: number, field: number, value: string) => (fields: string[], here: number) =>
    fields.map((old, i) => (here === row && i === field ? value : old));

  it.each([
    ['an empty file', '', /recording-\d+\.csv: the file is empty/],
    ['only a header', `${THREE}\n`, /no samples below the header/],
    ['NaN', still(SIX, 10, at(3, 2, 'NaN')), /, line 5, field a_y_g: 'NaN' is not a number/],
    [
      'a number that is no decimal one',
      still(SIX, 10, at(3, 2, '0x10')),
      /, line 5, field a_y_g: '0x10' is not/,
    ],
    [
      'an acceleration that no wearable measures',
      still(SIX, 10, at(3, 2, '400')),
      /, line 5, field a_y_g: 400 g is more than any sensor of a wearable measures \(200 g\)/,
    ],
    [
      'a rotation that none measures',
      still(SIX, 10, at(3, 5, '-5000')),
      /, line 5, field r_y_dps: -5000 deg\/s is more than any/,
    ],
    [
      'rotation in rad/s under the name of deg/s',
      still(SIX, 600, ([time, ...rest], row) => [
        time!,
        row % 2 ? '1' : '0',
        ...rest.slice(1, 5),
        row % 3 ? '3.5' : '-2',
      ]),
      /, line 1, field r_x_dps, r_y_dps, r_z_dps: where the acceleration shakes, 95 % .* below 3\.5 deg\/s/,
    ],
    ['an empty field', still(SIX, 10, at(3, 6, '')), /, line 5, field r_z_dps: '' is not a number/],
    [
      'time that goes back',
      still(THREE, 10, at(4, 0, '10')),
      /, line 6, field time_ms: time goes back: 10 ms after 60 ms/,
    ],
    [
      'time that stands still',
      still(THREE, 10, at(4, 0, '60')),
      /, line 6, field time_ms: time stands still/,
    ],
    [
      'a pause of more than an hour',
      still(THREE, 10, at(9, 0, '4000000')),
      /, line 11, field time_ms: a pause of 4000 s/,
    ],
    [
      'no unit',
      still('time_ms,a_x,a_y_g,a_z_g', 10),
      /, line 1, field a_x: this column is not known, or does not say its unit/,
    ],
    [
      'a unit that nobody knows',
      still('time_ms,a_x_ms2,a_y_g,a_z_g', 10),
      /, line 1, field a_x_ms2: this column/,
    ],
    ['an unknown column', still(`${THREE},mood`, 10), /, line 1, field mood: this column is not known/],
    ['no time', still('a_g,b_g,c_g', 10), /, line 1, field time_ms: no column says when/],
    ['two columns of acceleration', still('time_ms,a_g,b_g', 10), /there are 2 columns of acceleration/],
    ['one column of rotation', still(`${THREE},r_dps`, 10), /field r_dps: there are 1 columns of rotation/],
    [
      'the same column twice',
      still('time_ms,a_g,a_g,c_g', 10),
      /, line 1, field a_g: two columns have this name/,
    ],
    [
      'too low a rate',
      still(THREE, 10, ([time, ...rest]) => [String(2 * Number(time)), ...rest]),
      /field time_ms: samples lie 40 ms apart, which is 25 Hz/,
    ],
    [
      'the wrong unit',
      still('time_ms,a_mg,b_mg,c_mg', 10),
      /, line 1, field a_mg, b_mg, c_mg: the median length of the acceleration is 0\.001 g/,
    ],
    [
      'an unknown label',
      still(`${THREE},label`, 10, (fields) => [...fields.slice(0, 4), '7']),
      /, line 2, field label: 7 is no label/,
    ],
    ['a row that lacks a field', `${still(THREE, 10)}200,0,0\n`, /, line 12: it cannot be read/],
  ])('%s', async (_, text, says) => {
    const fault = await faultOf(text);
    expect(fault.message).toMatch(says);
    expect(fault.hint).not.toBe('');
  });

  it.each([
    ['ms in a column of s', 'time_s', 20, /in ms, and the column says s\?$/],
    ['s in a column of ms', 'time_ms', 0.02, /in s, and the column says ms\?$/],
    ['too few samples in a column of ms', 'time_ms', 40, /^record at 50 Hz or more$/],
  ])('%s, with the hint that fits', async (_, column, distance, hint) => {
    const rows = Array.from({ length: 20 }, (_, i) => `${(i * distance).toFixed(2)},0,0,1000`);
    const fault = await faultOf([`${column},a_mg,b_mg,c_mg`, ...rows].join('\n'));
    expect(fault).toMatchObject({ code: 'recording_rate', hint: expect.stringMatching(hint) });
  });

  it('a folder, a file that is not there, and one that is packed and broken', async () => {
    await expect(readRecording(folder)).rejects.toThrow(/: it is a folder$/);
    await expect(readRecording(join(folder, 'none.csv'))).rejects.toThrow(/none\.csv: there is no such file/);
    const broken = join(folder, 'broken.csv.gz');
    writeFileSync(broken, gzipSync(still(THREE, 500)).subarray(0, 200));
    await expect(readRecording(broken)).rejects.toThrow(/broken\.csv\.gz: it cannot be read/);
  });
});

describe('window labels', () => {
  it('are read by the names of their columns', async () => {
    const labels = await readWindowLabels(fileOf('time_s,power,tremor_checked\n0,1.5,0\n4,2.5,1\n8,0.5,1\n'));
    expect(labels).toMatchObject({ windowMs: 4000, startsMs: [0, 4000, 8000], tremor: [false, true, true] });
  });

  it.each([
    [
      'no such column',
      'time_s,tremor\n0,0\n4,1\n',
      /, line 1, field tremor_checked: there is no such column/,
    ],
    ['no time', 'at,tremor_checked\n0,0\n4,1\n', /, line 1, field time_s: there is no such column/],
    ['another label', 'time_s,tremor_checked\n0,0\n4,2\n', /, line 3, field tremor_checked: 2 is no label/],
    [
      'time that goes back',
      'time_s,tremor_checked\n4,0\n0,1\n',
      /, line 3, field time_s: time does not go on/,
    ],
    ['one window only', 'time_s,tremor_checked\n0,0\n', /there are not two windows/],
  ])('are refused with line and field: %s', async (_, text, says) => {
    await expect(readWindowLabels(fileOf(text))).rejects.toThrow(says);
  });
});
