/** `10,000`; fractions are kept to one digit below 100. */
export function numberText(value: number): string {
  const rounded = Math.abs(value) < 100 ? Number(value.toFixed(1)) : Math.round(value);
  const [whole = '', fraction] = String(rounded).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Three digits that matter: `0.42 ms`, `11.8 ms`, `240 ms`, `1.25 s`; a dash where nothing was measured. */
export function timeText(valueMs: number | null): string {
  if (valueMs === null) return '-';
  if (Math.abs(valueMs) >= 999.5) return `${digits(valueMs / 1000)} s`;
  return `${digits(valueMs)} ms`;
}

function digits(value: number): string {
  const size = Math.abs(value);
  return size < 10 ? value.toFixed(2) : size < 99.95 ? value.toFixed(1) : String(Math.round(value));
}

/** `1:15`, `12:00`, `1:00:05`. */
export function clockText(elapsedMs: number): string {
  const seconds = Math.max(0, Math.round(elapsedMs / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A value with its unit, as the tables show it. */
export function measuredText(value: number | null, unit: string): string {
  if (value === null) return '-';
  if (unit === 'ms') return timeText(value);
  return Number.isInteger(value) ? numberText(value) : String(Number(value.toPrecision(4)));
}
