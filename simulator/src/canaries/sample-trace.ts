import { SAMPLE_RATE_HZ } from '@gaitway/contract';
import type { SampleRanges } from '@gaitway/firmware/board';
import { decimalIn } from '../recordings/decimal.ts';
import { ACCEL_MOST_G, MEDIAN_G, medianLength, ROTATION_MOST_DPS } from '../recordings/sensor-limits.ts';

/** A recorded trace that a device cannot be given: where, what is wrong, and what to do. */
export class SampleTraceFault extends Error {
  override readonly name = 'SampleTraceFault';
  /** Counts from 1; 0: the file as a whole. */
  readonly line: number;

  constructor(file: string, line: number, says: string) {
    super(line > 0 ? `${file}:${line}: ${says}` : `${file}: ${says}`);
    this.line = line;
  }
}

/** The ranges into which a trace is turned: those of the fleet, 8 g and 1000 deg/s. */
export const TRACE_RANGES: Readonly<SampleRanges> = { accelRange: 2, gyroRange: 2 };
/** MPU-6050 data sheet, 3.4: counts per g at 8 g, and per deg/s at 1000 deg/s. */
const COUNTS_PER_G = 4096;
const COUNTS_PER_DPS = 32.75;
const PERIOD_MS = 1000 / SAMPLE_RATE_HZ;
/** How far a sample may lie from its place: clocks of recorders round. */
const JITTER_MS = 2;
/** And how much of the time that has gone: such a clock may be 1 % off. A longer way off is another rate. */
const CLOCK_OFF = 0.01;
const STRIDE = 6;

const AXES = ['accel_x', 'accel_y', 'accel_z', 'gyro_x', 'gyro_y', 'gyro_z'] as const;
const UNITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  time: { ms: 1, s: 1000 },
  accel: { mg: COUNTS_PER_G / 1000, g: COUNTS_PER_G },
  gyro: { dps: COUNTS_PER_DPS },
};

interface Column {
  name: string;
  place: number;
  scale: number;
}

/**
 * A recorded trace at 50 Hz, as the counts of a sensor: 6 axes, one sample after the other. It is CSV; the header names
 * `time_ms` or `time_s`, `accel_x`, `accel_y`, `accel_z` with `_mg` or `_g` behind, and perhaps `gyro_x`, `gyro_y`,
 * `gyro_z` with `_dps`; other columns are passed over. What is beyond a range lies at its end, as with the sensor.
 * Throws {@link SampleTraceFault} for a gap, another rate, a field that is no number, a unit that is none of these, and values
 * that cannot be of the unit that is named.
 */
export function parseSampleTrace(text: string, file: string): Int16Array {
  const lines = text.split('\n').map((line) => line.trim());
  const header = (lines[0] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const fault = (line: number, says: string) => new SampleTraceFault(file, line, says);
  const column = (quantity: string): Column | undefined => {
    const place = header.findIndex((name) => name === quantity || name.startsWith(`${quantity}_`));
    if (place < 0) return undefined;
    const name = header[place]!;
    const units = UNITS[quantity.split('_')[0]!]!;
    const unit = name.slice(quantity.length + 1);
    const scale = units[unit];
    if (scale !== undefined) return { name, place, scale };
    const known = Object.keys(units)
      .map((one) => `${quantity}_${one}`)
      .join(' or ');
    const has = unit === '' ? 'names no unit' : `is in '${unit}'`;
    throw fault(1, `column ${name} ${has}: call it ${known}, and give it in that unit`);
  };
  const needed = (quantity: string): Column => {
    const found = column(quantity);
    if (found === undefined)
      throw fault(1, `there is no column ${quantity} with its unit, such as ${EXAMPLES[quantity]}`);
    return found;
  };
  const time = needed('time');
  const gyroscope = AXES.slice(3).some((quantity) => column(quantity) !== undefined);
  const axes = AXES.map((quantity, i) => (i < 3 || gyroscope ? needed(quantity) : undefined));

  const samples: number[] = [];
  const accelG: number[][] = [[], [], []];
  let firstMs = Number.NaN;
  let beforeMs = Number.NaN;
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === '') continue;
    const fields = line.split(',');
    const read = ({ name, place, scale }: Column): number => {
      const field = fields[place]?.trim() ?? '';
      const value = decimalIn(field);
      if (Number.isFinite(value)) return value * scale;
      throw fault(index + 1, `${name} is ${field === '' ? 'empty' : `'${field}'`}, and must be a number`);
    };
    const atMs = read(time);
    if (Math.abs(atMs - beforeMs - PERIOD_MS) > JITTER_MS) {
      throw fault(
        index + 1,
        `${time.name} goes from ${beforeMs / time.scale} to ${atMs / time.scale}: a trace has a sample each ${PERIOD_MS} ms and no gap; resample it, or cut it there`,
      );
    }
    beforeMs = atMs;
    if (Number.isNaN(firstMs)) firstMs = atMs;
    const taken = samples.length / STRIDE;
    const goneMs = atMs - firstMs;
    if (Math.abs(goneMs - taken * PERIOD_MS) > JITTER_MS + CLOCK_OFF * goneMs) {
      throw fault(
        index + 1,
        `${taken} samples lie ${(goneMs / taken).toFixed(1)} ms apart: a trace has one each ${PERIOD_MS} ms; resample it`,
      );
    }
    for (const [i, axis] of axes.entries()) {
      const count = axis === undefined ? 0 : read(axis);
      const beyond = beyondSensors(count, i);
      if (beyond !== undefined) throw fault(index + 1, `${axis!.name} is ${beyond}: is that its unit?`);
      accelG[i]?.push(count / COUNTS_PER_G);
      samples.push(Math.max(-32_768, Math.min(32_767, Math.round(count))));
    }
  }
  if (samples.length === 0) throw fault(0, 'holds no samples');
  const median = medianLength(accelG);
  if (median >= MEDIAN_G.least && median <= MEDIAN_G.most) return Int16Array.from(samples);
  const names = axes.slice(0, 3).map((axis) => axis!.name);
  throw fault(
    1,
    `${names.join(', ')}: the median length is ${Number(median.toPrecision(3))} g, and a body on Earth has about 1: is that the unit of the values, and is gravity still in them?`,
  );
}

/** What is beyond every sensor, in words; `axis` counts from 0, the first three are acceleration. */
function beyondSensors(count: number, axis: number): string | undefined {
  const [most, scale, unit] =
    axis < 3
      ? ([ACCEL_MOST_G, COUNTS_PER_G, 'g'] as const)
      : ([ROTATION_MOST_DPS, COUNTS_PER_DPS, 'deg/s'] as const);
  const value = count / scale;
  if (Math.abs(value) <= most) return undefined;
  return `${Number(value.toPrecision(4))} ${unit}, more than any sensor of a wearable measures (${most} ${unit})`;
}

const EXAMPLES: Readonly<Record<string, string>> = {
  time: 'time_ms',
  ...Object.fromEntries(AXES.map((axis) => [axis, axis.startsWith('accel') ? `${axis}_mg` : `${axis}_dps`])),
};

/** Gives a trace's samples to a board, and none behind its end. */
export function samplesOfTrace(trace: Int16Array): (index: number, into: Int16Array) => boolean {
  return (index, into) => {
    if ((index + 1) * STRIDE > trace.length) return false;
    into.set(trace.subarray(index * STRIDE, (index + 1) * STRIDE));
    return true;
  };
}
