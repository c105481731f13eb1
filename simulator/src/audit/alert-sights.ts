/** An alert that a viewer got: which, and when the first of them did. */
export interface AlertSight {
  patient: string;
  rule: string;
  atMs: number;
  seenAtMs: number;
}

/** So many alerts are kept by their moments; what a flood of them adds, no grade needs. */
const ALERTS_MAX = 100_000;

/** The alerts that viewers got, each with the moment at which the first of them did. */
export class AlertSights {
  private readonly sights = new Map<string, AlertSight>();

  keep(sight: AlertSight): void {
    const key = `${sight.patient} ${sight.rule} ${sight.atMs}`;
    const before = this.sights.get(key);
    if (before === undefined ? this.sights.size < ALERTS_MAX : sight.seenAtMs < before.seenAtMs)
      this.sights.set(key, sight);
  }

  all(): AlertSight[] {
    return [...this.sights.values()];
  }
}

/** Alerts to be asked for by patient. */
export function alertsByPatient(sights: readonly AlertSight[]): (patient: string) => readonly AlertSight[] {
  const byPatient = new Map<string, AlertSight[]>();
  for (const sight of sights) {
    const others = byPatient.get(sight.patient);
    if (others === undefined) byPatient.set(sight.patient, [sight]);
    else others.push(sight);
  }
  return (patient) => byPatient.get(patient) ?? [];
}
