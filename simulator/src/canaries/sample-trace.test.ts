import { describe, expect, it } from 'vitest';
import { parseSampleTrace, SampleTraceFault, samplesOfTrace } from './sample-trace.ts';

const HEADER = 'time_ms,accel_x_mg,accel_y_mg,accel_z_mg,gyro_x_dps,gyro_y_dps,gyro_z_dps';
const GOOD = [HEADER, '0,0,0,1000,0,0,0', '20,500,-250,1000,10,-10,0', '40,0,0,9999,2000,0,0'];

function faultOf(lines: string[]): SampleTraceFault {
  try {
    parseSampleTrace(lines.join('\n'), 'walk.csv');
  } catch (error) {
    if (error instanceof SampleTraceFault) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a recorded trace', () => {
  it('becomes counts at 8 g and 1000 deg/s, and lies at the end of a range that it leaves', () => {
    expect([...parseSampleTrace(GOOD.join('\r\n'), 'walk.csv')]).toEqual([
      ...[0, 0, 4096, 0, 0, 0],
      ...[2048, -1024, 4096, 328, -327, 0],
      ...[0, 0, 32_767, 32_767, 0, 0],
    ]);
  });

  it('may be in g and seconds, have its columns in another order and others between, and no gyroscope', () => {
    const lines = ['note,accel_z_g,accel_y_g,Accel_X_g,time_s', 'a,1,0,0,0.5', 'b,1,0,-1,0.52', ''];
    expect([...parseSampleTrace(lines.join('\n'), 'walk.csv')]).toEqual([
      0, 0, 4096, 0, 0, 0, -4096, 0, 4096, 0, 0, 0,
    ]);
  });

  it('gives a board one sample a tick, and none behind its end', () => {
    const samples = samplesOfTrace(parseSampleTrace(GOOD.join('\n'), 'walk.csv'));
    const into = new Int16Array(6);
    expect([samples(1, into), into[0]]).toEqual([true, 2048]);
    expect(samples(3, into)).toBe(false);
  });

  it.each([
    ['a gap', 4, [...GOOD.slice(0, 3), '100,0,0,0,0,0,0'], 'time_ms goes from 20 to 100'],
    ['a step back', 4, [...GOOD.slice(0, 3), '0,0,0,0,0,0,0'], 'time_ms goes from 20 to 0'],
    ['another rate', 3, [HEADER, '0,0,0,0,0,0,0', '10,0,0,0,0,0,0'], 'a sample each 20 ms'],
    [
      'a rate that is off by little in each step',
      4,
      [HEADER, ...Array.from({ length: 60 }, (_, i) => `${22 * i},0,0,1000,0,0,0`)],
      'lie 22.0 ms apart: a trace has one each 20 ms',
    ],
    [
      'mg under the name of g',
      1,
      [HEADER.replaceAll('_mg', '_g'), '0,0,0,100,0,0,0'],
      'the median length is 100 g',
    ],
    [
      'more than is measured',
      2,
      [HEADER.replaceAll('_mg', '_g'), '0,0,0,1000,0,0,0'],
      'accel_z_g is 1000 g, more',
    ],
    ['no gravity', 1, [HEADER, '0,1,1,0,0,0,0'], 'the median length is 0.00141 g'],
    ['rotation beyond all', 2, [HEADER, '0,0,0,1000,0,9000,0'], 'gyro_y_dps is 9000 deg/s'],
    ['a number that is no decimal one', 2, [HEADER, '0,0,0,0x3e8,0,0,0'], "accel_z_mg is '0x3e8'"],
    ['NaN', 3, [HEADER, GOOD[1]!, '20,0,NaN,0,0,0,0'], "accel_y_mg is 'NaN'"],
    ['infinity', 3, [HEADER, GOOD[1]!, '20,0,0,0,0,0,Infinity'], "gyro_z_dps is 'Infinity'"],
    ['a text', 3, [HEADER, GOOD[1]!, 'later,0,0,0,0,0,0'], "time_ms is 'later'"],
    ['an empty field', 2, [HEADER, '0,,0,0,0,0,0'], 'accel_x_mg is empty'],
    ['a line that was cut off', 2, [HEADER, '0,0,0,0'], 'gyro_x_dps is empty'],
    [
      'another unit',
      1,
      [HEADER.replace('accel_z_mg', 'accel_z_ms2')],
      "column accel_z_ms2 is in 'ms2': call it accel_z_mg or accel_z_g",
    ],
    [
      'no unit',
      1,
      [HEADER.replace('gyro_x_dps', 'gyro_x')],
      'column gyro_x names no unit: call it gyro_x_dps',
    ],
    ['a missing axis', 1, [HEADER.replace('gyro_x_dps', 'other')], 'there is no column gyro_x'],
    ['no time', 1, [HEADER.replace('time_ms', 'when')], 'there is no column time'],
    ['no samples', 0, [HEADER, ''], 'holds no samples'],
  ])('is refused for %s, and line and field are named', (_, line, lines, says) => {
    const fault = faultOf(lines);
    expect(fault.line).toBe(line);
    expect(fault.message).toContain(line > 0 ? `walk.csv:${line}: ` : 'walk.csv: ');
    expect(fault.message).toContain(says);
  });
});
