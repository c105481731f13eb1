import type { LogPosition } from './reading-log.ts';

/**
 * Whether a position of a partition is at or after another of the same one. Every log's positions are whole numbers
 * that grow, one or (a Redis stream) several with '-' between, of which the first that differs decides; some have zeros
 * in front.
 */
export function isAtOrAfter(position: LogPosition, other: LogPosition): boolean {
  const others = other.split('-');
  for (const [at, part] of position.split('-').entries()) {
    const order = compareDigits(part, others[at] ?? '0');
    if (order !== 0) return order > 0;
  }
  return true;
}

/** Compared as text: a stream's numbers have 64 bits. */
function compareDigits(a: string, b: string): number {
  const [one, other] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : one > other ? 1 : 0;
}
