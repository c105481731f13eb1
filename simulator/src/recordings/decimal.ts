const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** The number that a field says, as people and recorders write one; NaN for all else, as `0x10`, `1_000`, nothing, or NaN itself. */
export function decimalIn(text: string): number {
  return DECIMAL.test(text) ? Number(text) : Number.NaN;
}
