import { csvRows, numberIn } from './csv-rows.ts';
import { RecordingError } from './recording-error.ts';

/** What somebody else says of each window of a recording: whether it holds tremor. */
export interface WindowLabels {
  file: string;
  windowMs: number;
  startsMs: number[];
  tremor: boolean[];
}

const TIME = { time_s: 1000, time_ms: 1 } as const;
/** Of the ParaDigMa toolbox: its model's answer, after its checks of frequency and of the arm at rest. */
const TREMOR = 'tremor_checked';

/**
 * Reads the window file of the ParaDigMa toolbox: `time_s` (or `time_ms`), the start of each window, and
 * `tremor_checked`, 0 or 1; its other columns are not needed. Windows are as long as they lie apart.
 */
export async function readWindowLabels(file: string): Promise<WindowLabels> {
  const startsMs: number[] = [];
  const tremor: boolean[] = [];
  let at: { time: number; factor: number; name: string; tremor: number } | undefined;
  for await (const row of csvRows(file)) {
    if (at === undefined) {
      at = headerOf(row.fields, file);
      continue;
    }
    const startMs = at.factor * numberIn(row, at.time, at.name, file);
    const before = startsMs.at(-1);
    if (before !== undefined && startMs <= before) {
      const says = `time does not go on: ${startMs} ms after ${before} ms`;
      const where = { file, line: row.line, field: at.name };
      throw new RecordingError('recording_time', where, says, 'put the windows in order');
    }
    const label = numberIn(row, at.tremor, TREMOR, file);
    if (label !== 0 && label !== 1) {
      const where = { file, line: row.line, field: TREMOR };
      throw new RecordingError('recording_value', where, `${label} is no label`, 'write 0 or 1');
    }
    startsMs.push(startMs);
    tremor.push(label === 1);
  }
  if (startsMs.length < 2) {
    const hint = 'name a file with a header and two windows at least';
    throw new RecordingError('recording_empty', { file }, 'there are not two windows in it', hint);
  }
  const distances = startsMs.slice(1).map((startMs, i) => startMs - startsMs[i]!);
  return { file, windowMs: Math.min(...distances), startsMs, tremor };
}

function headerOf(fields: readonly string[], file: string) {
  const names = fields.map((name) => name.toLowerCase());
  const name = (Object.keys(TIME) as (keyof typeof TIME)[]).find((key) => names.includes(key));
  for (const [wanted, there] of [
    ['time_s', name !== undefined],
    [TREMOR, names.includes(TREMOR)],
  ] as const) {
    if (there) continue;
    const where = { file, line: 1, field: wanted };
    const hint = 'name the window file of the ParaDigMa toolbox, with time_s and tremor_checked';
    throw new RecordingError('recording_header', where, 'there is no such column', hint);
  }
  return { time: names.indexOf(name!), factor: TIME[name!], name: name!, tremor: names.indexOf(TREMOR) };
}
