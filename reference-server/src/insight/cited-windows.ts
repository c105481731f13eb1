import type { Condition, InsightItem } from '@gaitway/contract';
import { type StatisticItem, statisticIds, statisticNow, type WindowItem } from './facts.ts';
import type { InsightMaterial } from './material.ts';

/** The windows that a sentence counts. */
export interface CitedWindows {
  windows: readonly WindowItem[];
  /** Which these are: all of the period, all of the time before it, or some that a writer picked. */
  which: 'period' | 'before' | 'picked';
}

/**
 * The windows of one statistic of this condition, or windows that are cited one by one; `undefined`: neither, or both.
 * A sentence has to say which, so they cannot be mixed.
 */
export function citedWindows(
  { facts }: InsightMaterial,
  cited: readonly InsightItem[],
  condition: Condition,
): CitedWindows | undefined {
  const [first] = cited;
  if (cited.length === 1 && first?.kind === 'statistic') {
    if (first.condition !== condition) return undefined;
    const which = first.id === statisticIds(condition).now ? 'period' : 'before';
    return { windows: facts.windowsOf.get(first.id) ?? [], which };
  }
  const windows = cited.filter((item) => item.kind === 'window');
  return windows.length === cited.length && windows.length > 0 ? { windows, which: 'picked' } : undefined;
}

/** How a sentence says which windows these are, the usual text first. */
export function whenTexts({ facts }: InsightMaterial, { windows, which }: CitedWindows): string[] {
  if (which === 'period') return ['', ' in this period'];
  const { fromMs, toMs } = facts.period;
  if (which === 'before') return spanTexts(toMs - fromMs).map((span) => ` in the ${span} before`);
  const all = statisticNow(facts, 'tremor').windows;
  return [` among ${windows.length} ${windows.length === 1 ? 'window' : 'windows'} picked out of ${all}`];
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A length of time as it stands behind "the": "60 minutes" or "hour". */
export function spanTexts(spanMs: number): string[] {
  const of = (unitMs: number, unit: string) => {
    const count = spanMs / unitMs;
    return `${count} ${unit}${count === 1 ? '' : 's'}`;
  };
  if (spanMs % MINUTE_MS !== 0) return [of(SECOND_MS, 'second')];
  const hours = spanMs / HOUR_MS;
  if (!Number.isInteger(hours)) return [of(MINUTE_MS, 'minute')];
  return [of(MINUTE_MS, 'minute'), hours === 1 ? 'hour' : `${hours} hours`];
}

/** The two statistics of a condition, where they and nothing else are cited. */
export function citedChange(
  cited: readonly InsightItem[],
  condition: Condition,
): { before: StatisticItem; now: StatisticItem } | undefined {
  const ids = statisticIds(condition);
  const statistic = (id: string) =>
    cited.find((item): item is StatisticItem => item.kind === 'statistic' && item.id === id);
  const before = statistic(ids.before);
  const now = statistic(ids.now);
  return cited.length === 2 && before && now ? { before, now } : undefined;
}
