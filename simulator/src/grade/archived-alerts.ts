import type { Alert } from '@gaitway/contract';
import { type AlertSight, alertsByPatient } from '../audit/alert-sights.ts';
import type { SeenAlert } from './seen-alert.ts';

const PAGE = 1000;

/** Where a page of alerts begins, and how many it may hold; they come newest first. */
export interface AlertPage {
  before?: { atMs: number; id: string };
  limit: number;
}

/** Every alert that an archive has, page by page. */
export async function allAlerts(page: (asked: AlertPage) => Promise<Alert[]>): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for (;;) {
    const last = alerts.at(-1);
    const before = last === undefined ? {} : { before: { atMs: last.atMs, id: last.id } };
    const more = await page({ ...before, limit: PAGE });
    alerts.push(...more);
    if (more.length < PAGE) return alerts;
  }
}

/**
 * The alerts to be graded, by patient: those that the archive has and that were not withdrawn, with the moment at which
 * a viewer first got them. `archived` left out: the archive does not tell; then what viewers got is all there is.
 */
export function gradedAlerts(
  archived: readonly Alert[] | undefined,
  sights: readonly AlertSight[],
): (patient: string) => readonly SeenAlert[] {
  if (archived === undefined) return alertsByPatient(sights);
  const key = ({ patient, rule, atMs }: Omit<AlertSight, 'seenAtMs'>) => `${patient} ${rule} ${atMs}`;
  const seen = new Map(sights.map((sight) => [key(sight), sight.seenAtMs]));
  const byPatient = new Map<string, SeenAlert[]>();
  for (const alert of archived) {
    if (alert.state === 'withdrawn') continue;
    const { patient, rule, atMs } = alert;
    const graded: SeenAlert = { rule, atMs, seenAtMs: seen.get(key(alert)) ?? null };
    const others = byPatient.get(patient);
    if (others === undefined) byPatient.set(patient, [graded]);
    else others.push(graded);
  }
  return (patient) => byPatient.get(patient)?.sort((one, other) => one.atMs - other.atMs) ?? [];
}
