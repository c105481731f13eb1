const LEVELS = '▁▂▃▄▅▆▇█';

/** The newest `columns` values as a line of bars from 0 to the largest; a space where nothing was measured. */
export function sparkline(values: readonly (number | null)[], columns: number): string {
  const shown = columns > 0 ? values.slice(-columns) : [];
  const most = Math.max(0, ...shown.filter((value) => value !== null));
  return shown
    .map((value) => {
      if (value === null) return ' ';
      return LEVELS[most === 0 ? 0 : Math.min(7, Math.floor((Math.max(0, value) / most) * 8))];
    })
    .join('');
}

/** A bar that is full at 1. */
export function progressBar(share: number, columns: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * columns);
  return '█'.repeat(full) + '░'.repeat(columns - full);
}
