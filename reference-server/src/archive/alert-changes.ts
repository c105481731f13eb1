import type { Alert, AlertState } from '@gaitway/contract';

/**
 * How far an alert has come. States only go forward; of confirmed and withdrawn the first one stands, so that one fall is
 * settled once, whoever settles it and however often.
 */
const RANK: Readonly<Record<AlertState, number>> = { raised: 0, confirmed: 1, withdrawn: 1 };

/** The states that an alert leaves when it comes to this one. */
export function statesBefore(state: AlertState): AlertState[] {
  return (Object.keys(RANK) as AlertState[]).filter((before) => RANK[before] < RANK[state]);
}

/** `changed`: it is new or comes to a later state. `kept`: the same state, whose words may be new. `refused`: it would go back. */
export function changeOf(stored: Alert | null | undefined, next: Alert): 'changed' | 'kept' | 'refused' {
  if (!stored || RANK[stored.state] < RANK[next.state]) return 'changed';
  return stored.state === next.state ? 'kept' : 'refused';
}

/** One alert for each id: the one that has come furthest, the first of those. In the order of their first mention. */
export function furthestOfEach(alerts: readonly Alert[]): Alert[] {
  const furthest = new Map<string, Alert>();
  for (const alert of alerts) {
    if (changeOf(furthest.get(alert.id), alert) === 'changed') furthest.set(alert.id, alert);
  }
  return [...furthest.values()];
}

/** What is stored when this comes after what is stored already: an acknowledgement stays. */
export function merged(stored: Alert | null | undefined, next: Alert): Alert {
  if (stored?.acknowledgedBy === undefined || stored.acknowledgedAtMs === undefined) return { ...next };
  const { acknowledgedBy, acknowledgedAtMs } = stored;
  return { ...next, acknowledgedBy, acknowledgedAtMs };
}
