import type { RenderOptions } from './live-view.ts';
import { plainTable, restOf } from './plain-table.ts';
import { styleOf } from './style.ts';

/** One thing that `gaitway doctor` looked for. */
export interface DoctorRow {
  what: string;
  /** `optional`: it is not there, and only some commands need it. */
  state: 'there' | 'missing' | 'optional';
  /** What was found: a version, a number, or why it is not usable. */
  found: string;
  /** The command that mends it. */
  fix?: string;
}

const WIDTHS = [20, 12];

export function renderDoctorTable(rows: readonly DoctorRow[], options: RenderOptions): string {
  const style = styleOf(options.colour);
  const cells = rows.map(({ what, state, found, fix }) => {
    const said = {
      there: style.good('there'),
      missing: style.bad('MISSING'),
      optional: style.doubtful('not there'),
    }[state];
    return [
      what,
      said,
      fix === undefined || state === 'there' ? found : `${found}\n${style.faint('fix:')} ${fix}`,
    ];
  });
  return plainTable(['What', 'State', 'Found'], cells, [...WIDTHS, restOf(options, WIDTHS)], style);
}
