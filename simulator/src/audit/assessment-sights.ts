/** That a viewer got what the models say of a window. All moments in ms since the epoch, of this machine's clock. */
export interface AssessmentSight {
  patient: string;
  /** Of the window. */
  startMs: number;
  /** When the first viewer got it, in whatever revision. */
  seenAtMs: number;
  /** Since when one who got its first revision had been watching the patient; `null`: nobody got that. */
  watchedSinceMs: number | null;
}

/** So many windows are kept by their moments; of the others the run has no observation of its own. */
const WINDOWS_MAX = 100_000;

const keyOf = (patient: string, startMs: number): string => `${patient} ${startMs}`;

/** The assessments that viewers got, each with the moment at which the first of them did. */
export class AssessmentSights {
  private readonly sights = new Map<string, AssessmentSight>();

  keep(sight: AssessmentSight): void {
    const key = keyOf(sight.patient, sight.startMs);
    const before = this.sights.get(key);
    if (before === undefined) {
      if (this.sights.size < WINDOWS_MAX) this.sights.set(key, { ...sight });
      return;
    }
    before.seenAtMs = Math.min(before.seenAtMs, sight.seenAtMs);
    if (sight.watchedSinceMs === null) return;
    before.watchedSinceMs = Math.min(before.watchedSinceMs ?? sight.watchedSinceMs, sight.watchedSinceMs);
  }

  all(): AssessmentSight[] {
    return [...this.sights.values()];
  }
}

/** Sights to be asked for by patient and start of the window. */
export function assessmentsByWindow(
  sights: readonly AssessmentSight[],
): (patient: string, startMs: number) => AssessmentSight | undefined {
  const byWindow = new Map(sights.map((sight) => [keyOf(sight.patient, sight.startMs), sight]));
  return (patient, startMs) => byWindow.get(keyOf(patient, startMs));
}
