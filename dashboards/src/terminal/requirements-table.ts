import type { RenderOptions } from './live-view.ts';
import { plainTable } from './plain-table.ts';
import { styleOf } from './style.ts';

/** One thing that a run needs, beside what is there. */
export interface RequirementRow {
  what: string;
  needed: string;
  there: string;
  fits: 'yes' | 'no' | 'doubtful';
  /** What to do when it does not fit, or what to expect when that is doubtful. */
  hint?: string;
}

/** What a run needs beside what is there, printed before it connects. */
export function renderRequirementsTable(rows: readonly RequirementRow[], options: RenderOptions): string {
  const style = styleOf(options.colour);
  const said = {
    yes: style.good('fits'),
    no: style.bad('TOO LITTLE'),
    doubtful: style.doubtful('doubtful'),
  };
  return plainTable(
    ['The run needs', 'Needed', 'There is', ''],
    rows.map(({ what, needed, there, fits }) => [what, needed, there, said[fits]]),
    {
      columns: options.columns,
      under: rows.map(({ fits, hint }) => (fits === 'yes' ? undefined : hint)),
    },
    style,
  );
}
