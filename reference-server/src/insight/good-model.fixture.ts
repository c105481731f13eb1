import type { ServerResponse } from 'node:http';
import { type InsightItem, uniform } from '@gaitway/contract';
import { type ChatCall, says } from './chat-api.fixture.ts';

/** As the messages say. */
const SENTENCES_ASKED_MAX = 20;

interface Told {
  items: (InsightItem & { conditions?: string[] })[];
  called: Record<string, string>;
  span: string[];
  signs: Record<string, string>;
  wordings: Record<string, string[]>;
}

/** What one sentence of it claims, with which wording, and what it puts into the places. */
type Claim = [
  wording: string,
  predicate: Record<string, unknown>,
  supports: string[],
  places: Record<string, string | number>,
];

/**
 * A model that does as it is told and knows nothing else: it reads the messages alone, and tells what it finds in them,
 * in a selection, order and wordings of its choice, which follow from `seed`. None of the server's own code fills its sentences.
 */
export const goodModel =
  (seed: number) =>
  (response: ServerResponse, call: ChatCall): void =>
    says(sentencesOf(JSON.parse(call.body.messages[1]!.content) as Told, seed))(response, call);

function sentencesOf(told: Told, seed: number): object[] {
  let drawn = 0;
  const one = <T>(of: readonly T[]): T => of[Math.floor(uniform(seed, drawn++) * of.length)]!;
  const order = new Map(claimsOf(told, one).map((claim) => [claim, uniform(seed, drawn++)]));
  const chosen = [...order.keys()]
    .sort((a, b) => order.get(a)! - order.get(b)!)
    .slice(0, SENTENCES_ASKED_MAX);
  return chosen.map(([wording, predicate, supports, places]) => {
    const filled = one(told.wordings[wording]!)
      .replace(/\[([^[\]]*)\]/g, (_, parts: string) => one(parts.split('|')))
      .replace(/\{(\w+)\}/g, (_, place: string) => String(places[place]));
    return { text: filled.charAt(0).toUpperCase() + filled.slice(1), supports, predicate };
  });
}

function claimsOf({ items, called, span, signs }: Told, one: <T>(of: readonly T[]) => T): Claim[] {
  const claims: Claim[] = [];
  const statistics = items.filter((item) => item.kind === 'statistic');
  for (const item of statistics) {
    const { id, condition, windows, assessable, positive, meanProbability: mean } = item;
    const when = id.endsWith(':before') ? ` in the ${one(span)} before` : one(['', ' in this period']);
    const places = { condition: called[condition]!, when };
    const equals = { condition, comparison: 'equals' };
    const plural = (count: number) => (count === 1 ? 'window' : 'windows');
    if (mean === null) {
      const predicate = { kind: 'windows', which: 'assessable', ...equals, value: 0 };
      claims.push(['notAssessed', predicate, [id], places]);
      continue;
    }
    const value = Math.round(100 * mean) / 100;
    const ratio = one([value.toFixed(2), `${Math.round(100 * mean)} %`]);
    claims.push(['mean', { kind: 'mean', ...equals, value }, [id], { ...places, ratio }]);
    const found = { ...places, count: positive, total: assessable, windows: plural(assessable) };
    claims.push(['found', { kind: 'windows', which: 'positive', ...equals, value: positive }, [id], found]);
    if (positive > 1) {
      const bound = {
        kind: 'windows',
        condition,
        which: 'positive',
        comparison: 'atLeast',
        value: positive - 1,
      };
      const count = `at least ${positive - 1}, in fact ${positive},`;
      claims.push(['found', bound, [id], { ...found, count }]);
    }
    for (const { feature, windows: most } of item.drivers ?? []) {
      const predicate = { kind: 'driver', feature, ...equals, value: most };
      const driven = { ...places, count: most, total: positive, windows: plural(positive) };
      claims.push(['driver', predicate, [id], { ...driven, sign: signs[feature]! }]);
    }
    const assessed = { ...places, count: assessable, total: windows, windows: plural(windows) };
    const predicate = { kind: 'windows', which: 'assessable', ...equals, value: assessable };
    claims.push(['assessed', predicate, [id], assessed]);
    const share = Math.round((100 * positive) / assessable) / 100;
    const shared = { ...places, ratio: share.toFixed(2), found: `${positive} of ${assessable}` };
    claims.push(['share', { kind: 'share', ...equals, value: share }, [id], shared]);
    const before = statistics.find((other) => other.id === `statistic:${condition}:before`);
    if (id.endsWith(':before') || !before || before.meanProbability === null) continue;
    if (Math.min(assessable, before.assessable) < 5) continue;
    const change = Math.round(100 * (mean - before.meanProbability)) / 100;
    const size = Math.abs(change).toFixed(2);
    const direction = change > 0 ? 'higher' : 'lower';
    const changed = { condition: called[condition]!, size, direction, span: one(span) };
    const wording = change === 0 ? 'noChange' : 'change';
    claims.push([wording, { kind: 'change', ...equals, value: change }, [id, before.id], changed]);
  }
  const alerts = items.filter((item) => item.kind === 'alert');
  for (const rule of new Set(alerts.map((alert) => alert.rule))) {
    const supports = alerts.filter((alert) => alert.rule === rule).map(({ id }) => id);
    const count = supports.length;
    const words = count === 1 ? { alerts: 'alert', were: 'was' } : { alerts: 'alerts', were: 'were' };
    const predicate = { kind: 'alerts', rule, comparison: 'equals', value: count };
    claims.push(['alerts', predicate, supports, { rule, count, ...words }]);
  }
  for (const { id, kind, ...item } of items) {
    if (kind !== 'exercise' || !('title' in item)) continue;
    const condition = one(item.conditions!);
    const supports = [id, `statistic:${condition}:now`];
    const { title, says, notAssessed } = item;
    const places = { condition: called[condition]!, title, says, notAssessed: String(notAssessed) };
    const game = item.game ? 'a game' : 'an exercise';
    claims.push(['exercise', { kind: 'exercise', condition }, supports, { ...places, kind: game }]);
  }
  return claims;
}
