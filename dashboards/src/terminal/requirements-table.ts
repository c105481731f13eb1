import type { RenderOptions } from './live-view.ts';
import { plainTable, restOf } from './plain-table.ts';
import { styleOf } from './style.ts';

/** One thing that a run needs, beside what is there. */
export interface RequirementRow {
  what: string;
  needed: string;
  there: string;
  fits: 'yes' | 'no' | 'unknown';
  /** What to do when it does not fit. */
  hint?: string;
}

const WIDTHS = [24, 14, 14];

/** What a run needs beside what is there, printed before it connects. */
export function renderRequirementsTable(rows: readonly RequirementRow[], options: RenderOptions): string {
  const style = styleOf(options.colour);
  const cells = rows.map(({ what, needed, there, fits, hint }) => {
    const said =
      fits === 'yes'
        ? style.good('fits')
        : fits === 'no'
          ? style.bad('TOO LITTLE')
          : style.doubtful('not known');
    return [what, needed, there, hint === undefined || fits === 'yes' ? said : `${said}: ${hint}`];
  });
  return plainTable(
    ['The run needs', 'Needed', 'There is', ''],
    cells,
    [...WIDTHS, Math.min(60, restOf(options, WIDTHS))],
    style,
  );
}
