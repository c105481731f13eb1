import { RECORDING_PLACEMENTS, type RecordingPlacement } from './recording.ts';
import { RecordingError } from './recording-error.ts';

/** Where a value lies in a row, and what it is multiplied with. */
export interface Column {
  readonly name: string;
  readonly index: number;
  readonly factor: number;
}

/** What a recording's header says. */
export interface RecordingColumns {
  /** To ms. */
  readonly time: Column;
  /** To g, in the order x, y, z of the sensor as the file has them. */
  readonly accel: readonly Column[];
  /** To deg/s; none, or three. */
  readonly gyro: readonly Column[];
  /** Of freezing, as the Daphnet data have it: 0 not part, 1 no freeze, 2 freeze. */
  readonly label: Column | undefined;
  /** As in `shank_vertical_mg`. */
  readonly placement: RecordingPlacement | undefined;
}

const TIME_FACTOR: Readonly<Record<string, number>> = { time_ms: 1, time_s: 1000 };
const ACCEL_FACTOR: Readonly<Record<string, number>> = { mg: 0.001, g: 1 };
const GYRO_FACTOR: Readonly<Record<string, number>> = { dps: 1, rads: 180 / Math.PI };
const LABEL = 'label';
const UNITS =
  'name columns as time_ms or time_s, ..._mg or ..._g (acceleration), ..._dps or ..._rads (rotation), label';

/** Reads the header of a recording: every column must say its unit by the end of its name. */
export function columnsOf(names: readonly string[], file: string): RecordingColumns {
  const wrong = (field: string, says: string, hint = UNITS) =>
    new RecordingError('recording_header', { file, line: 1, field }, says, hint);
  const times: Column[] = [];
  const accel: Column[] = [];
  const gyro: Column[] = [];
  const labels: Column[] = [];
  for (const [index, raw] of names.entries()) {
    const name = raw.trim().toLowerCase();
    const unit = /_([a-z0-9]+)$/.exec(name)?.[1] ?? '';
    if (names.findIndex((other) => other.trim().toLowerCase() === name) < index)
      throw wrong(raw, 'two columns have this name', 'give each column a name of its own');
    if (Object.hasOwn(TIME_FACTOR, name)) times.push({ name: raw, index, factor: TIME_FACTOR[name]! });
    else if (name === LABEL) labels.push({ name: raw, index, factor: 1 });
    else if (Object.hasOwn(ACCEL_FACTOR, unit)) accel.push({ name: raw, index, factor: ACCEL_FACTOR[unit]! });
    else if (Object.hasOwn(GYRO_FACTOR, unit)) gyro.push({ name: raw, index, factor: GYRO_FACTOR[unit]! });
    else throw wrong(raw, 'this column is not known, or does not say its unit');
  }
  const [time, secondTime] = times;
  if (time === undefined) throw wrong('time_ms', 'no column says when a sample was taken');
  if (secondTime !== undefined) throw wrong(secondTime.name, 'a second column of time', 'keep one of them');
  if (accel.length !== 3) {
    const says = `there are ${accel.length} columns of acceleration (..._mg or ..._g), and three are needed`;
    throw wrong(accel[3]?.name ?? 'acceleration', says);
  }
  if (gyro.length !== 0 && gyro.length !== 3) {
    const says = `there are ${gyro.length} columns of rotation (..._dps or ..._rads), and three are needed, or none`;
    throw wrong(gyro[3]?.name ?? gyro[0]!.name, says);
  }
  const placement = RECORDING_PLACEMENTS.find((place) =>
    accel.every(({ name }) => name.toLowerCase().startsWith(`${place}_`)),
  );
  return { time, accel, gyro, label: labels[0], placement };
}
