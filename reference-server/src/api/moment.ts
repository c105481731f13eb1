import { Problem } from './problem-types.ts';

const MS = /^\d{1,16}$/;
/** A date alone, or a date and time with its zone: a time without one would mean something else on each machine. */
const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** The latest moment that dates can tell, in ms since the epoch; the earliest lies as far before it. */
export const MOMENT_MS_MAX = 8.64e15;

/**
 * Ms since the epoch of a moment written as such or in ISO 8601; `null` when it is neither. Moments before 1970 are
 * written in ISO 8601: no reading is of one, but the window of one from 1970's first minutes may begin there.
 */
export function parseMoment(text: string): number | null {
  if (MS.test(text)) return Number(text) <= MOMENT_MS_MAX ? Number(text) : null;
  if (!ISO.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}

export interface RangeQuery {
  from?: string;
  to?: string;
}

/** The query of a list by time, in pages. */
export interface RangePageQuery extends RangeQuery {
  cursor?: string;
  limit: number;
}

/** What a route does with a range that is left open, or too long. */
export interface RangeRule {
  /** Where it ends when the query does not say. */
  toMs: number;
  /** How long it is when the query does not say where it starts; infinite: from the earliest moment that there is. */
  defaultMs: number;
  mostMs: number;
}

/** [fromMs, toMs) of a query whose moments are well formed. Throws a problem when it is empty or too long. */
export function readRange(query: RangeQuery, rule: RangeRule): { fromMs: number; toMs: number } {
  const toMs = query.to === undefined ? rule.toMs : (parseMoment(query.to) ?? rule.toMs);
  const fromMs =
    query.from === undefined
      ? Math.max(-MOMENT_MS_MAX, toMs - rule.defaultMs)
      : (parseMoment(query.from) ?? 0);
  if (fromMs >= toMs) {
    throw new Problem('bad_range', 'The range is empty.', [
      {
        at: 'query.from',
        says: `${fromMs} does not lie before 'to' (${toMs}): 'to' is not part of the range`,
      },
    ]);
  }
  if (toMs - fromMs > rule.mostMs) {
    throw new Problem('bad_range', 'The range is too long.', [
      {
        at: 'query.from',
        says: `from ${fromMs} to ${toMs} are ${toMs - fromMs} ms, at most ${rule.mostMs} ms are answered: ask in parts`,
      },
    ]);
  }
  return { fromMs, toMs };
}
