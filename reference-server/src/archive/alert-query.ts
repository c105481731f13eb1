import type { Alert } from '@gaitway/contract';
import type { AlertQuery, Scope } from './archive.ts';

/** `true`: a caller with this scope may see what is of this patient and ward. */
export function isInScope(scope: Scope, patient: string, ward: string): boolean {
  if (!scope.patients && !scope.wards) return true;
  return Boolean(scope.patients?.includes(patient) || scope.wards?.includes(ward));
}

/** Newest first; where moments are equal, by id, so that a page has a definite end. */
export function newestFirst(a: { atMs: number; id: string }, b: { atMs: number; id: string }): number {
  return b.atMs - a.atMs || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

/** `true`: the query asks for this alert; its limit aside. */
export function isAskedFor(query: AlertQuery, alert: Alert): boolean {
  const { patient, rule, state, acknowledged, fromMs, toMs, before } = query;
  return (
    (patient === undefined || alert.patient === patient) &&
    (rule === undefined || alert.rule === rule) &&
    (state === undefined || alert.state === state) &&
    (acknowledged === undefined || (alert.acknowledgedBy !== undefined) === acknowledged) &&
    (fromMs === undefined || alert.atMs >= fromMs) &&
    (toMs === undefined || alert.atMs < toMs) &&
    (before === undefined || newestFirst(before, alert) < 0) &&
    isInScope(query.scope, alert.patient, alert.ward)
  );
}
