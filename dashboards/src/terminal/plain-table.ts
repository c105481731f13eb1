import Table from 'cli-table3';
import type { RenderOptions } from './live-view.ts';
import type { Style } from './style.ts';

/** A table of these rows, no wider than `columns` where `widths` (borders apart) are. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[] | null,
  style: Style,
): string {
  const table = new Table({
    head: head.map((text) => style.strong(text)),
    // Colours come from the cells; those of the library's own are off.
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    ...(widths === null ? {} : { colWidths: [...widths] }),
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** What is left for the last column beside columns of these widths (padding included). */
export function restOf(options: RenderOptions, widths: readonly number[]): number {
  const most = Math.min(options.columns, 140);
  return Math.max(20, most - widths.reduce((sum, width) => sum + width + 1, 0) - 2);
}
