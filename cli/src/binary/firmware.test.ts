import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIT_FAULTS, type RunRecord } from '@gaitway/contract';
import { validateRunRecord } from '@gaitway/scenarios';
import { wearableFile } from '@gaitway/simulator';
import { describe, expect, it } from 'vitest';
import { atDepth, FULL, Gaitway, gaitway, ownFolder, unbroken } from './binary.fixture.ts';
import { expectSoundRun } from './run-outcome.fixture.ts';

const HEX = readFileSync(wearableFile(), 'utf8');

/** A file in a folder that goes with the test. */
function fileWith(name: string, text: string): string {
  const file = join(ownFolder(), name);
  writeFileSync(file, text);
  return file;
}

const RUN = ['firmware', 'run', '--target', 'http://127.0.0.1:1'];

describe('firmware that is none, and traces that are none, are told with their line, and 104', () => {
  it.each(
    atDepth(3, [
      [
        'a damaged line',
        HEX.replace(/^(.{20})./, '$1Z'),
        /bad\.hex:1: 'Z' in column 21 is no hexadecimal digit/,
      ],
      [
        'a wrong checksum',
        HEX.replace(/^(:.*)(.)\r?$/m, (_, row, last) => `${row}${last === '0' ? '1' : '0'}`),
        /bad\.hex:1: checksum .. should be ../,
      ],
      ['a file that was cut off', HEX.slice(0, 4000).replace(/[^\n]*$/, ''), /bad\.hex: has no end record/],
      [
        'more than the flash',
        ':020000040001F9\n:0100000000FF\n:00000001FF\n',
        /bad\.hex:2: address 0x10000 lies beyond the ATmega328P's flash/,
      ],
      [
        'a program of another chip',
        ':0400000001020304F2\n:00000001FF\n',
        /bad\.hex has a table of 0 interrupt vectors/,
      ],
      [
        'a line that was lost',
        HEX.split('\n').toSpliced(399, 1).join('\n'),
        /bad\.hex:400: begins at 0x\w+, and nothing gives the 16 bytes from 0x\w+ on: a line was lost/,
      ],
      ['a program that hangs', hanging(), /bad\.hex: the firmware hangs: it has not ticked once, for 10 s/],
    ]),
  )('%s', async (_, text, says) => {
    const hex = fileWith('bad.hex', text);
    const { code, stderr } = await gaitway([...RUN, '--hex', hex]);
    expect(unbroken(stderr)).toMatch(says);
    expect(code).toBe(104);
  });

  it.each(
    atDepth(2, [
      [
        'a program of a run that is not there',
        ['run', 'smoke', '--canaries', '2', '--hex', 'nowhere.hex'],
        /nowhere\.hex cannot be read/,
      ],
      [
        'more canaries than patients',
        ['run', 'smoke', '--patients', '3', '--canaries', '4'],
        /--canaries 4: there are 3 patients/,
      ],
      [
        'a program that nobody runs',
        ['run', 'smoke', '--hex', 'some.hex'],
        /--hex is given, and no device runs it/,
      ],
      ['a slot that is no whole number of ticks', [...RUN, '--slot', '1010ms'], /whole ticks of 20 ms/],
      ['a program that is not there', [...RUN, '--hex', 'nowhere.hex'], /nowhere\.hex cannot be read/],
      [
        'a trace that is not there',
        ['firmware', 'trace', '--samples', 'nowhere.csv'],
        /--samples: .*nowhere\.csv/,
      ],
      ['a replay of no run', ['firmware', 'replay', 'latest', '--device', '1'], /there is no run in/],
    ]),
  )('%s', async (_, words, says) => {
    const { code, stderr } = await gaitway(words);
    expect(unbroken(stderr)).toMatch(says);
    expect(code).toBe(104);
  });

  it('a trace with a gap', async () => {
    const rows = ['time_ms,accel_x_mg,accel_y_mg,accel_z_mg', '0,0,0,1000', '20,0,0,1000', '60,0,0,1000'];
    const { code, stderr } = await gaitway([
      'firmware',
      'trace',
      '--samples',
      fileWith('walk.csv', rows.join('\n')),
    ]);
    expect(unbroken(stderr)).toMatch(/walk\.csv:4: time_ms goes from 20 to 60/);
    expect(code).toBe(104);
  });
});

/** 26 vectors that all lead to a loop. */
function hanging(): string {
  const words = [...Array.from({ length: 26 }, () => [0x940c, 52]).flat(), 0xcfff];
  const bytes = words.flatMap((word) => [word & 0xff, word >> 8]);
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) rows.push(record(0, at, bytes.slice(at, at + 16)));
  return [...rows, record(1, 0, []), ''].join('\n');
}

function record(type: number, address: number, data: number[]): string {
  const bytes = [data.length, address >> 8, address & 0xff, type, ...data];
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  return `:${[...bytes, -sum & 0xff].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`.toUpperCase();
}

it('gaitway firmware trace prints the line decoded, for people and for programs', async () => {
  const people = await gaitway(['firmware', 'trace', '--seconds', '6']);
  expect(people.code).toBe(0);
  expect(people.stdout).toMatch(/chip {2}-> {2}log 1 {2}started, boot 0/);
  expect(people.stdout).toMatch(/modem <- {2}acknowledged {2}boot 0 {2}seq 1/);
  expect(people.stdout).toMatch(/features {2}device 1 .*\n +sampleCount 250/);
  const programs = await gaitway(['firmware', 'trace', '--seconds', '6', '--json']);
  const events = programs.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { from: string; type: string });
  expect(events.filter(({ type }) => type === 'frame')).toHaveLength(2);
});

it('gaitway firmware trace gives the device a recorded trace, as long as it is', async () => {
  const rows = Array.from({ length: 260 }, (_, i) => `${(i * 0.02).toFixed(2)},0,-0.5,1,20`);
  const header = 'time_s,accel_x_g,accel_y_g,accel_z_g,temperature';
  const samples = fileWith('still.csv', [header, ...rows, ''].join('\n'));
  const { code, stdout } = await gaitway(['firmware', 'trace', '--samples', samples, '--json']);
  expect(code).toBe(0);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { tick: number; frame?: { kind: string; payload: object } });
  expect(events.at(-1)!.tick).toBeLessThan(260);
  const [reading] = events.flatMap(({ frame }) => (frame?.kind === 'features' ? [frame.payload] : []));
  expect(reading).toMatchObject({ sampleCount: 250, accelXMean: 0, accelYMean: -2048, accelZMean: 4096 });
});

it.runIf(FULL)(
  'a run with canaries is audited like any other, and each of its devices can be played once more',
  async () => {
    const data = ownFolder();
    const words = [
      'run',
      'smoke',
      '--patients',
      '80',
      '--viewers',
      '12',
      '--duration',
      '8s',
      '--canaries',
      '3',
    ];
    const run = await gaitway([...words, '--json'], { data });
    const record = JSON.parse(run.stdout) as RunRecord;
    expectSoundRun(record, run.code);
    expect(validateRunRecord(record)).toEqual([]);
    expect(record.canaries).toMatchObject({ devices: 3, damaged: 0, hung: [], resets: {} });
    expect(record.canaries!.firmware).toMatch(/^\d+\.\d+\.\d+$/);
    expect(record.canaries!.busyShareMax).toBeGreaterThan(0);
    expect(record.load.devices.planned).toBe(80);
    expect(record.processes.map(({ name }) => name)).toContain("The canaries' process");
    expect(record.audit.ledger.made).toBe(record.load.made);
    // A twin, and a canary.
    for (const device of ['3', '79']) {
      const replay = await gaitway(['firmware', 'replay', 'latest', '--device', device, '--json'], { data });
      expect(JSON.parse(replay.stdout)).toMatchObject({ device: Number(device), same: true });
      expect(replay.code).toBe(0);
    }
  },
);

it.runIf(FULL)(
  'gaitway firmware run plays boards alone against a server that is there, and says what it measured',
  async () => {
    const served = ownFolder();
    const server = new Gaitway(['server', 'start', '--port', '0'], { data: served });
    const [, url] = await server.said(/(http:\/\/127\.0\.0\.1:\d+)/);
    const env = { GAITWAY_TOKEN_SECRET: readFileSync(join(served, 'token-secret'), 'utf8').trim() };
    const words = [
      'firmware',
      'run',
      '--target',
      url!,
      '--devices',
      '3',
      '--duration',
      '6s',
      '--slot',
      '2s',
      '--json',
    ];
    const run = await gaitway(words, { env });
    const record = JSON.parse(run.stdout) as RunRecord;
    expect(record).toMatchObject({ scenario: 'firmware', patients: 3, canaries: { devices: 3, hung: [] } });
    expect(record.load.devices.planned).toBe(3);
    // A chip that comes late to its server has dropped what its ring could not hold: which says the ledger.
    const { made, acknowledged, dropped, refused, unacknowledged } = record.audit.ledger;
    expect(record.load.madeInMeasure).toBe(record.load.planned);
    expect(record.load.acknowledged).toBe(acknowledged);
    expect(acknowledged + dropped + refused + unacknowledged).toBe(made);
    expect(acknowledged).toBeGreaterThan(0);
    expect(record.processes.map(({ name }) => name)).toEqual(["The canaries' process"]);
    expect(AUDIT_FAULTS.filter((fault) => record.audit[fault] > 0)).toEqual([]);
    expect(run.stderr).toMatch(/\d of 3 connected/);
  },
);
