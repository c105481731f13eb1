import {
  type Alert,
  CONDITIONS,
  type Condition,
  type InsightItem,
  type MedicationEntry,
  type WindowDocument,
  type WindowScore,
} from '@gaitway/contract';
import type { Archive } from '../archive/archive.ts';
import { SIGNAL_FEATURES, type SignalFeature } from '../infer/signal-features.ts';
import type { FoundFrom, WindowThresholds } from './found-from.ts';
import { strongestSignOf } from './strongest-sign.ts';

type ItemOf<Kind extends InsightItem['kind']> = Extract<InsightItem, { kind: Kind }>;
export type WindowItem = ItemOf<'window'>;
export type StatisticItem = ItemOf<'statistic'>;
export type ExerciseItem = ItemOf<'exercise'>;

/** Whom and when an insight is about: the windows that start in [fromMs, toMs). */
export interface InsightPeriod {
  patient: string;
  ward: string;
  fromMs: number;
  toMs: number;
}

/** What was retrieved of a patient, every item under an id that a sentence can cite. */
export interface Facts {
  period: InsightPeriod;
  items: ReadonlyMap<string, InsightItem>;
  /** The windows of each statistic, by its id. */
  windowsOf: ReadonlyMap<string, readonly WindowItem[]>;
  /** From which probability on a condition counts as found in a window, by the window's id. */
  foundFrom: ReadonlyMap<string, WindowThresholds>;
  /** Rules of which an alert stands in the period or in the {@link AGAINST_MS} before its end: what may speak against an exercise. */
  alerted: ReadonlySet<string>;
  /** What spoke most for each condition in a window, by the window's id. */
  strongest: ReadonlyMap<string, StrongestSigns>;
  /** Kinds of which the archive has more than were read: of these only "at least" can be said. */
  more: ReadonlySet<InsightItem['kind']>;
}

/** By condition, as `strongestSignOf` says. */
export type StrongestSigns = Readonly<Partial<Record<Condition, SignalFeature | null | undefined>>>;

/**
 * How long an alert speaks against an exercise that its rule is a contraindication of ("after a recent fall"). However short the
 * period of an insight is, somebody who fell has fallen for days. A week, on the careful side: who is seen once a week
 * by a physiotherapist was looked at by then. No trial says how long is right.
 */
export const AGAINST_MS = 7 * 24 * 3600_000;
/** The most of each that is read for one insight; a period is never longer than this many windows. */
export const RETRIEVED_MAX = { windows: 2880, alerts: 100, medication: 50 } as const;

/** Ids of a condition's statistics: over the period, and over the time as long before it. */
export const statisticIds = (condition: Condition) =>
  ({ now: `statistic:${condition}:now`, before: `statistic:${condition}:before` }) as const;

/**
 * Reads what the archive has of the period and of the time as long before it, and whether an alert of `rules` stands
 * ({@link Facts.alerted}).
 */
export async function gatherFacts(
  archive: Archive,
  period: InsightPeriod,
  rules: readonly string[],
  foundFrom: FoundFrom,
): Promise<Facts> {
  const { patient, fromMs, toMs } = period;
  const beforeMs = fromMs - (toMs - fromMs);
  const [now, before, alerts, medication, standing] = await Promise.all([
    archive.windowsOf(patient, fromMs, toMs, RETRIEVED_MAX.windows),
    archive.windowsOf(patient, beforeMs, fromMs, RETRIEVED_MAX.windows),
    archive.alerts({ scope: {}, patient, fromMs, toMs, limit: RETRIEVED_MAX.alerts + 1 }),
    archive.medicationOf(patient, fromMs, toMs, RETRIEVED_MAX.medication + 1),
    Promise.all(rules.map((rule) => standingAlerts(archive, period, rule))),
  ]);
  return factsOf(period, { now, before, alerts, medication, standing: standing.flat() }, foundFrom);
}

/**
 * An alert of a rule that was not withdrawn, asked for apart: no number of other alerts, nor of withdrawn ones, hides
 * it. Also one that was raised after the period: nobody exercises in the past.
 */
async function standingAlerts(archive: Archive, period: InsightPeriod, rule: string): Promise<Alert[]> {
  const { patient, toMs } = period;
  const asked = { scope: {}, patient, rule, fromMs: toMs - AGAINST_MS, limit: 1 };
  const raised = await archive.alerts({ ...asked, state: 'raised' });
  // In this order: one that is confirmed between the two questions is found by the second.
  return raised.length > 0 ? raised : archive.alerts({ ...asked, state: 'confirmed' });
}

/** The facts of what was read. Withdrawn alerts are none. */
export function factsOf(
  period: InsightPeriod,
  read: {
    now: readonly WindowDocument[];
    before: readonly WindowDocument[];
    alerts: readonly Alert[];
    medication: readonly MedicationEntry[];
    /** Of the rules that may speak against an exercise, also from before the period. */
    standing: readonly Alert[];
  },
  foundFrom: FoundFrom,
): Facts {
  const items = new Map<string, InsightItem>();
  const windowsOf = new Map<string, readonly WindowItem[]>();
  const now = read.now.map(windowItem);
  const before = read.before.map(windowItem);
  const all = [...read.now, ...read.before];
  const by: HowFound = {
    foundFrom: new Map(all.map((document) => [idOf(document), foundFrom(document.assessment.model)])),
    strongest: new Map(all.map((document) => [idOf(document), strongestIn(document)])),
  };
  const { fromMs, toMs } = period;
  const beforeMs = fromMs - (toMs - fromMs);
  for (const window of now) items.set(window.id, window);
  for (const condition of CONDITIONS) {
    const ids = statisticIds(condition);
    items.set(ids.now, statisticItem({ id: ids.now, condition, fromMs, toMs }, now, by));
    windowsOf.set(ids.now, now);
    if (before.length === 0) continue;
    items.set(
      ids.before,
      statisticItem({ id: ids.before, condition, fromMs: beforeMs, toMs: fromMs }, before, by),
    );
    windowsOf.set(ids.before, before);
  }
  const more = new Set<InsightItem['kind']>();
  if (read.alerts.length > RETRIEVED_MAX.alerts) more.add('alert');
  if (read.medication.length > RETRIEVED_MAX.medication) more.add('medication');
  for (const { id: alert, rule, atMs, says, state } of read.alerts.slice(0, RETRIEVED_MAX.alerts)) {
    if (state === 'withdrawn') continue;
    const id = `alert:${rule}:${Math.floor(atMs)}`;
    items.set(id, { id, kind: 'alert', alert, rule, atMs, says });
  }
  // What people typed beside an entry stays behind: no sentence can tell it, and who reads it may take it for an order.
  for (const { id: entry, takenAtMs, doseMg } of read.medication.slice(0, RETRIEVED_MAX.medication)) {
    const id = `medication:${entry}`;
    items.set(id, { id, kind: 'medication', entry, takenAtMs, doseMg });
  }
  const stand = [...read.alerts, ...read.standing].filter(({ state }) => state !== 'withdrawn');
  const alerted = new Set(stand.map(({ rule }) => rule));
  return { period, items, windowsOf, ...by, alerted, more };
}

type HowFound = Pick<Facts, 'foundFrom' | 'strongest'>;

function strongestIn({ assessment }: WindowDocument): StrongestSigns {
  return Object.fromEntries(assessment.conditions.map((said) => [said.condition, strongestSignOf(said)]));
}

const idOf = ({ startMs }: Pick<WindowDocument, 'startMs'>): string => `window:${startMs}`;

function windowItem({ startMs, revision, assessment }: WindowDocument): WindowItem {
  const scores: WindowScore[] = assessment.conditions.map(({ condition, assessable, probability }) => ({
    condition,
    probability: assessable ? (probability ?? null) : null,
  }));
  return { id: idOf({ startMs }), kind: 'window', startMs, revision, scores };
}

/** Probabilities of the windows that could be assessed for the condition. */
export function probabilitiesOf(windows: Iterable<WindowItem>, condition: Condition): number[] {
  return [...windows].flatMap(({ scores }) => {
    const probability = scores.find((score) => score.condition === condition)?.probability;
    return probability === null || probability === undefined ? [] : [probability];
  });
}

/** The windows in which the condition was found, by the model that assessed each. */
export function foundIn(
  windows: Iterable<WindowItem>,
  condition: Condition,
  { foundFrom }: Pick<Facts, 'foundFrom'>,
): WindowItem[] {
  return [...windows].filter(({ id, scores }) => {
    const probability = scores.find((score) => score.condition === condition)?.probability ?? null;
    return probability !== null && probability >= foundFrom.get(id)![condition];
  });
}

/**
 * What spoke most for the condition in each of these windows, in which it was found. `undefined`: there is none, or one of them does
 * not say.
 */
export function strongestSigns(
  found: readonly WindowItem[],
  condition: Condition,
  { strongest }: Pick<Facts, 'strongest'>,
): (SignalFeature | null)[] | undefined {
  const signs = found.map(({ id }) => strongest.get(id)?.[condition]);
  return signs.length > 0 && signs.every((sign) => sign !== undefined) ? signs : undefined;
}

export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function statisticItem(
  of: Pick<StatisticItem, 'id' | 'condition' | 'fromMs' | 'toMs'>,
  windows: readonly WindowItem[],
  by: HowFound,
): StatisticItem {
  const { condition } = of;
  const probabilities = probabilitiesOf(windows, condition);
  const found = foundIn(windows, condition, by);
  const signs = strongestSigns(found, condition, by);
  return {
    ...{ ...of, kind: 'statistic' },
    windows: windows.length,
    assessable: probabilities.length,
    positive: found.length,
    meanProbability: meanOf(probabilities),
    ...(signs && { drivers: driversOf(signs) }),
  };
}

function driversOf(signs: readonly (SignalFeature | null)[]): NonNullable<StatisticItem['drivers']> {
  return SIGNAL_FEATURES.map((feature) => ({
    feature,
    windows: signs.filter((sign) => sign === feature).length,
  }))
    .filter(({ windows }) => windows > 0)
    .sort((one, other) => other.windows - one.windows);
}

/** The statistic of the period for this condition. Every condition has one. */
export function statisticNow(facts: Facts, condition: Condition): StatisticItem {
  return facts.items.get(statisticIds(condition).now) as StatisticItem;
}
