/** The latest moment that there is in JavaScript, and so in a document. */
const TIME_MS_MAX = 8.64e15;

/**
 * Which windows an audit reads: those that start in [from, to). All there are where the store was the run's
 * own, since a reading that was put years away is misplaced as well; else the run's time, two windows wider.
 */
export function auditedSpan(
  alone: boolean,
  startMs: number,
  endMs: number,
  windowMs: number,
): [fromMs: number, toMs: number] {
  return alone ? [0, TIME_MS_MAX] : [startMs - 2 * windowMs, endMs + 2 * windowMs];
}
