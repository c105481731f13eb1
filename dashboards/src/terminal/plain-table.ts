import Table from 'cli-table3';
import { broken, type Style, widthOf } from './style.ts';

export interface TableFit {
  /** The table is no wider. */
  columns: number;
  /** What there is to say of a row beside its cells, in the whole width below it. */
  under?: readonly (string | undefined)[];
}

/** The eye loses a line that is longer. */
const MOST_COLUMNS = 140;
/** Beside the text of a cell: a space on either side, and the rule before it. */
const CELL_FRAME = 3;
const COLUMN_LEAST = 4;
const UNDER_INDENT = '  ';

/** A table of these rows; without `fit` it is as wide as its text. Text that finds no room goes on in its cell. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  fit: TableFit | null,
  style: Style,
): string {
  const most = fit === null ? Number.POSITIVE_INFINITY : Math.min(fit.columns, MOST_COLUMNS);
  const widths = columnWidths([head, ...rows], most - 1 - head.length * CELL_FRAME);
  const table = new Table({
    head: head.map((text, column) => broken(text, widths[column]!).map(style.strong).join('\n')),
    // Colours come from the cells; those of the library's own are off.
    style: { head: [], border: [], compact: true },
  });
  for (const [at, row] of rows.entries()) {
    table.push(row.map((text, column) => broken(text, widths[column]!).join('\n')));
    const under = fit?.under?.[at];
    if (under === undefined) continue;
    const lines = broken(under, Math.max(COLUMN_LEAST, most - CELL_FRAME - 1 - UNDER_INDENT.length));
    const content = lines.map((line) => UNDER_INDENT + line).join('\n');
    table.push([{ colSpan: head.length, content }]);
  }
  return table.toString();
}

/** What the text of each column needs; where that is too much, the widest give until it is not. */
function columnWidths(rows: readonly (readonly string[])[], most: number): number[] {
  const widths = rows[0]!.map((_, column) => Math.max(1, ...rows.map((row) => widthOf(row[column] ?? ''))));
  while (widths.reduce((sum, width) => sum + width, 0) > most) {
    const widest = Math.max(...widths);
    if (widest <= COLUMN_LEAST) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}
