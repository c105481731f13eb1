import { type CsvRow, csvRows, numberIn } from './csv-rows.ts';
import { GrowingNumbers } from './growing-numbers.ts';
import type { Recording, RecordingGap } from './recording.ts';
import { type Column, columnsOf, type RecordingColumns } from './recording-columns.ts';
import { RecordingError } from './recording-error.ts';
import {
  ACCEL_MOST_G,
  MEDIAN_G,
  medianLength,
  ROTATION_MOST_DPS,
  rotationTooSmallDps,
} from './sensor-limits.ts';

/** Devices sample at 50 Hz: of less, what lies above 20 Hz would have to be invented. A clock may be 1 % off. */
const RATE_HZ_MIN = 49.5;
/** No sensor of a wearable is read more often (MPU-6050: 8 kHz): such a file has its seconds in a column of ms. */
const RATE_HZ_MAX = 10_000;
/** Samples further apart than so many of their usual distances have lost some between them. */
const GAP_DISTANCES = 2.5;
/** A longer pause is two recordings. */
const GAP_MS_MAX = 3_600_000;
const SAMPLES_MIN = 2;
const LABELS = [0, 1, 2];

/**
 * Reads a recording: a CSV file whose header names its units, at 50 Hz or more. Throws {@link RecordingError}, with
 * file, line and field, for what cannot be used. A pause is no error: it is noted, and its samples are missing.
 */
export async function readRecording(file: string): Promise<Recording> {
  let columns: RecordingColumns | undefined;
  const times = new GrowingNumbers();
  const lines = new GrowingNumbers();
  const accel = [0, 1, 2].map(() => new GrowingNumbers());
  const gyro = [0, 1, 2].map(() => new GrowingNumbers());
  const labels = new GrowingNumbers();
  for await (const row of csvRows(file)) {
    if (columns === undefined) {
      columns = columnsOf(row.fields, file);
      continue;
    }
    const { time, label } = columns;
    const value = ({ index, name, factor }: RecordingColumns['time']) =>
      factor * numberIn(row, index, name, file);
    insistOnOrder(times.at(times.length - 1), value(time), row, time.name, file);
    times.push(value(time));
    lines.push(row.line);
    const within = (column: Column, most: number, unit: string) =>
      insistOnRange(value(column), most, unit, row, column.name, file);
    for (const [axis, column] of columns.accel.entries())
      accel[axis]!.push(within(column, ACCEL_MOST_G, 'g'));
    for (const [axis, column] of columns.gyro.entries())
      gyro[axis]!.push(within(column, ROTATION_MOST_DPS, 'deg/s'));
    if (label !== undefined) labels.push(labelIn(value(label), row, file));
  }
  if (columns === undefined || times.length < SAMPLES_MIN) {
    const says = columns === undefined ? 'the file is empty' : 'there are no samples below the header';
    throw new RecordingError('recording_empty', { file }, says, 'name a file with a header and its samples');
  }
  const timesMs = times.whole();
  const gaps = gapsIn(timesMs, lines.whole(), medianDistanceMs(timesMs), columns.time.name, file);
  const rateHz = rateHzOf(timesMs, gaps);
  insistOnRate(rateHz, columns.time.name, file);
  const axes = accel.map((axis) => axis.whole());
  insistOnGravity(axes, columns, file);
  const turns = gyro.map((axis) => axis.whole());
  if (turns[0]!.length > 0) insistOnRotation(axes, turns, columns, file);
  return {
    ...{ file, timesMs, accel: axes, rateHz, gaps, placement: columns.placement },
    gyro: columns.gyro.length === 0 ? [] : turns,
    labels: columns.label === undefined ? undefined : labels.whole(),
  };
}

function insistOnOrder(
  beforeMs: number | undefined,
  atMs: number,
  { line }: CsvRow,
  field: string,
  file: string,
): void {
  if (beforeMs === undefined || atMs > beforeMs) return;
  const how = atMs === beforeMs ? 'stands still' : 'goes back';
  throw new RecordingError(
    'recording_time',
    { file, line, field },
    `time ${how}: ${atMs} ms after ${beforeMs} ms`,
    'put the samples in order, one for each moment',
  );
}

function labelIn(label: number, { line }: CsvRow, file: string): number {
  if (LABELS.includes(label)) return label;
  throw new RecordingError(
    'recording_value',
    { file, line, field: 'label' },
    `${label} is no label`,
    'write 0 (not part of the experiment), 1 (no freeze) or 2 (freeze)',
  );
}

function medianDistanceMs(timesMs: Float64Array): number {
  const distances = new Float64Array(timesMs.length - 1);
  for (let i = 1; i < timesMs.length; i++) distances[i - 1] = timesMs[i]! - timesMs[i - 1]!;
  return distances.sort()[distances.length >> 1]!;
}

/** Times are often whole ms, and distances then 15 and 16: their mean tells the rate, apart from the gaps. */
function rateHzOf(timesMs: Float64Array, gaps: readonly RecordingGap[]): number {
  const pausedMs = gaps.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const distances = timesMs.length - 1 - gaps.length;
  return (1000 * distances) / (timesMs.at(-1)! - timesMs[0]! - pausedMs);
}

function insistOnRate(rateHz: number, field: string, file: string): void {
  if (rateHz >= RATE_HZ_MIN && rateHz <= RATE_HZ_MAX) return;
  const inSeconds = field.trim().toLowerCase() === 'time_s';
  const tooFast = rateHz > RATE_HZ_MAX;
  throw new RecordingError(
    'recording_rate',
    { file, line: 2, field },
    `samples lie ${Number((1000 / rateHz).toPrecision(3))} ms apart, which is ${Number(rateHz.toPrecision(3))} Hz`,
    tooFast
      ? `no sensor of a wearable is that fast: ${inSeconds ? 'is time in s?' : 'is time in s, and the column says ms?'}`
      : `record at 50 Hz or more${inSeconds ? '; or is time in ms, and the column says s?' : ''}`,
  );
}

function insistOnGravity(
  accel: readonly Float64Array[],
  { accel: columns }: RecordingColumns,
  file: string,
): void {
  const median = medianLength(accel);
  if (median >= MEDIAN_G.least && median <= MEDIAN_G.most) return;
  throw new RecordingError(
    'recording_units',
    { file, line: 1, field: columns.map(({ name }) => name).join(', ') },
    `the median length of the acceleration is ${Number(median.toPrecision(3))} g, and a body on Earth has about 1`,
    'is the unit in the header the one of the values, and is gravity still in them?',
  );
}

function insistOnRotation(
  accel: readonly Float64Array[],
  gyro: readonly Float64Array[],
  { gyro: columns }: RecordingColumns,
  file: string,
): void {
  const most = rotationTooSmallDps(accel, gyro);
  if (most === undefined) return;
  throw new RecordingError(
    'recording_units',
    { file, line: 1, field: columns.map(({ name }) => name).join(', ') },
    `where the acceleration shakes, 95 % of the rotation are below ${most.toPrecision(2)} deg/s, and what is shaken also turns`,
    'is it in rad/s? Then name the columns ..._rads; or leave them out',
  );
}

function insistOnRange(
  value: number,
  most: number,
  unit: string,
  { line }: CsvRow,
  field: string,
  file: string,
): number {
  if (Math.abs(value) <= most) return value;
  throw new RecordingError(
    'recording_value',
    { file, line, field },
    `${Number(value.toPrecision(4))} ${unit} is more than any sensor of a wearable measures (${most} ${unit})`,
    'is the unit in the header the one of the values? Leave the row out where it is broken',
  );
}

function gapsIn(
  timesMs: Float64Array,
  lines: Float64Array,
  usualMs: number,
  field: string,
  file: string,
): RecordingGap[] {
  const gaps: RecordingGap[] = [];
  for (let i = 1; i < timesMs.length; i++) {
    const [fromMs, toMs] = [timesMs[i - 1]!, timesMs[i]!];
    if (toMs - fromMs <= GAP_DISTANCES * usualMs) continue;
    const line = lines[i]!;
    if (toMs - fromMs > GAP_MS_MAX) {
      const says = `a pause of ${((toMs - fromMs) / 1000).toFixed(0)} s, longer than an hour`;
      throw new RecordingError('recording_time', { file, line, field }, says, 'cut the file in two there');
    }
    gaps.push({ line, fromMs, toMs });
  }
  return gaps;
}
