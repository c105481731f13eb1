import { basename } from 'node:path';
import { plainTable, type RenderOptions, styleOf } from '@gaitway/dashboards';
import type { HeadGrade, RecordingGrade } from '@gaitway/simulator';
import type { RecordingGrades } from './grade-recordings.ts';

const SLOT_HEAD = ['Recording', 'Condition', 'Method', 'Slots', 'Sensitivity', 'Specificity', 'AUROC', 'ECE'];
const EVENT_HEAD = ['Recording', 'Condition', 'Method', 'Events', 'False alarms', 'Delay p50, p95'];

/** Grades of recordings for a person: what each file is, the slots, the events, and always what it is not worth. */
export function recordingGradesText(
  { recordings, pooled, caveat }: RecordingGrades,
  options: RenderOptions,
): string[] {
  const style = styleOf(options.colour);
  const rows: [string, HeadGrade][] = [
    ...recordings.flatMap(({ file, graded }) =>
      graded.map((head): [string, HeadGrade] => [basename(file), head]),
    ),
    ...(recordings.length > 1 ? pooled.map((head): [string, HeadGrade] => ['pooled', head]) : []),
  ];
  const table = (head: readonly string[], body: string[][]) =>
    body.length === 0 ? [] : ['', plainTable(head, body, { columns: options.columns }, style)];
  return [
    ...recordings.flatMap(aboutRecording),
    ...table(SLOT_HEAD, rows.map(slotRow)),
    ...table(EVENT_HEAD, rows.filter(([, { events }]) => events !== null).map(eventRow)),
    ...(rows.length === 0
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
  return [
    `${file}: ${seconds.toFixed(0)} s at ${rateHz.toFixed(1)} Hz, ${placement}, ${sensors}, ${slots} slots of 5 s${gapText}.`,
    ...ungraded.map(
      ({ condition, scored, positive }) =>
        `  ${condition}: ${scored === 0 ? 'not assessable here' : `${positive} of ${scored} scored slots positive, not graded`}.`,
    ),
    ...notes.map((note) => `  ${note}`),
  ];
}

function slotRow([name, head]: [string, HeadGrade]): string[] {
  const { condition, method, cases, positives, sensitivity, specificity, auroc, calibrationError } = head;
  return [
    ...[name, condition, method, `${cases}, ${positives} positive`],
    ...[sensitivity, specificity, auroc].map(estimateText),
    calibrationError === null ? '-' : calibrationError.toFixed(3),
  ];
}

function eventRow([name, { condition, method, events }]: [string, HeadGrade]): string[] {
  const { sensitivity, falseAlarms, falseAlarmsPerHour, delay } = events!;
  const found = sensitivity === null ? 'none' : `${sensitivity.matched} of ${sensitivity.of} found`;
  const perHour = falseAlarmsPerHour === null ? '' : `, ${falseAlarmsPerHour.toFixed(1)} an hour`;
  const seconds = (ms: number | null) => (ms === null ? '-' : `${(ms / 1000).toFixed(1)} s`);
  const delays = `${seconds(delay.p50Ms)}, ${seconds(delay.p95Ms)}`;
  return [name, condition, method, found, `${falseAlarms}${perHour}`, delays];
}

function estimateText(estimate: { value: number; low: number; high: number } | null): string {
  if (estimate === null) return '-';
  return `${estimate.value.toFixed(3)} (${estimate.low.toFixed(2)}-${estimate.high.toFixed(2)})`;
}
