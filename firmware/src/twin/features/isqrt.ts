/** The greatest integer whose square is not above `value`. Exact up to 2^52: a double's root is rounded correctly. */
export function isqrt(value: number): number {
  return Math.floor(Math.sqrt(value));
}
