import type { RenderOptions } from './live-view.ts';
import { plainTable } from './plain-table.ts';
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

export function renderDoctorTable(rows: readonly DoctorRow[], options: RenderOptions): string {
  const style = styleOf(options.colour);
  const said = {
    there: style.good('there'),
    missing: style.bad('MISSING'),
    optional: style.doubtful('not there'),
  };
  return plainTable(
    ['What', 'State', 'Found'],
    rows.map(({ what, state, found }) => [what, said[state], found]),
    {
      columns: options.columns,
      under: rows.map(({ state, fix }) =>
        fix === undefined || state === 'there' ? undefined : `${style.faint('fix:')} ${fix}`,
      ),
    },
    style,
  );
}
