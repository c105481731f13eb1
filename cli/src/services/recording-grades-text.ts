import { basename } from 'node:path';
import { plainTable, type RenderOptions, styleOf } from '@gaitway/dashboards';
import type { HeadGrade, RecordingGrade } from '@gaitway/simulator';
import type { RecordingGrades } from './grade-recordings.ts';

const SLOT_HEAD = ['Recording', 'Positive', 'Sensitivity', 'Specificity', 'AUROC'];
const EVENT_HEAD = ['Recording', 'Events found', 'False alarms', 'Delay p50', 'p95'];

/** A row of a table: the recording that it is of, or all together. */
type Row = readonly [name: string, head: HeadGrade];

/** Grades of recordings for a person: what each file is, each head's slots and events, and always what they are not worth. */
export function recordingGradesText(
  { recordings, pooled, caveat }: RecordingGrades,
  options: RenderOptions,
): string[] {
  const rows: Row[] = recordings.flatMap(({ file, graded }) =>
    graded.map((head) => [basename(file).replace(/\.csv(\.gz)?$/, ''), head] as const),
  );
  if (recordings.length > 1) rows.push(...pooled.map((head) => ['pooled', head] as const));
  const graded = pooled.flatMap((head) => tablesOf(head, rows, options));
  return [
    ...recordings.flatMap(aboutRecording),
    ...graded,
    ...(graded.length === 0
      ? []
      : ['Intervals are of 95 % and take slots for independent, which those of one person are not.']),
    caveat,
  ];
}

function aboutRecording(recording: RecordingGrade): string[] {
  const { file, seconds, rateHz, placement, gyroscope, slots, gaps, ungraded, notes } = recording;
  const gapText =
    gaps.count === 0
      ? ''
      : `; ${gaps.count} gap${gaps.count === 1 ? '' : 's'} of ${gaps.seconds.toFixed(1)} s together, the first before line ${gaps.firstLine}`;
  const sensors = gyroscope ? 'accelerometer and gyroscope' : 'accelerometer only';
  const silent = ungraded.filter(({ scored }) => scored === 0).map(({ condition }) => condition);
  return [
    `${file}: ${seconds.toFixed(0)} s at ${rateHz.toFixed(1)} Hz, ${placement}, ${sensors}, ${slots} slots of 5 s${gapText}.`,
    ...ungraded
      .filter(({ scored }) => scored > 0)
      .map(
        ({ condition, scored, positive }) =>
          `  ${condition}: ${positive} of ${scored} scored slots positive, not graded.`,
      ),
    ...(silent.length === 0 ? [] : [`  Not assessable here: ${silent.join(', ')}.`]),
    ...notes.map((note) => `  ${note}`),
  ];
}

/** What one head comes to, recording by recording: it has a table of its own, so that the rest fits on a screen. */
function tablesOf({ condition, method }: HeadGrade, rows: readonly Row[], options: RenderOptions): string[] {
  const style = styleOf(options.colour);
  const own = rows.filter(([, head]) => head.condition === condition && head.method === method);
  const withEvents = own.filter(([, { events }]) => events !== null);
  const table = (head: readonly string[], body: string[][]) =>
    plainTable(head, body, { columns: options.columns }, style);
  const calibrated = own.flatMap(([name, { calibrationError: error }]) =>
    error === null ? [] : [`${name} ${error.toFixed(3)}`],
  );
  return [
    '',
    `${condition}, ${method}:`,
    table(SLOT_HEAD, own.map(slotRow)),
    ...(calibrated.length === 0 ? [] : [`Calibration error: ${calibrated.join(', ')}.`]),
    ...(withEvents.length === 0 ? [] : [table(EVENT_HEAD, withEvents.map(eventRow))]),
  ];
}

function slotRow([name, { cases, positives, sensitivity, specificity, auroc }]: Row): string[] {
  return [name, `${positives} of ${cases}`, ...[sensitivity, specificity, auroc].map(estimateText)];
}

function eventRow([name, { events }]: Row): string[] {
  const { sensitivity, falseAlarms, falseAlarmsPerHour, delay } = events!;
  const found = sensitivity === null ? 'none' : `${sensitivity.matched} of ${sensitivity.of}`;
  const perHour = falseAlarmsPerHour === null ? '' : `, ${falseAlarmsPerHour.toFixed(1)} an hour`;
  const seconds = (ms: number | null) => (ms === null ? '-' : `${(ms / 1000).toFixed(1)} s`);
  return [name, found, `${falseAlarms}${perHour}`, seconds(delay.p50Ms), seconds(delay.p95Ms)];
}

function estimateText(estimate: { value: number; low: number; high: number } | null): string {
  if (estimate === null) return '-';
  return `${estimate.value.toFixed(2)}, ${estimate.low.toFixed(2)}-${estimate.high.toFixed(2)}`;
}
