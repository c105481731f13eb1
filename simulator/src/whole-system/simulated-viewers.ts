import type { Clock } from '@gaitway/contract';
import type { MemoryFanOut } from '@gaitway/reference-server';
import { ViewerObservations } from '../audit/viewer-observations.ts';
import type { Population } from '../fleet/population.ts';

/** Each of them watches one patient: the first ones. */
export const SIMULATED_VIEWERS = 5;

/** A few viewers, each of whom may see and watches one patient; what they see is observed for the audit. */
export function watchSome(
  fanOut: MemoryFanOut,
  population: Population,
  patients: number,
  clock: Clock,
): ViewerObservations {
  const wards = new Map<string, string>();
  for (let index = 0; index < patients; index++) {
    const { patient, ward } = population.personAt(index);
    wards.set(patient, ward);
  }
  const observations = new ViewerObservations((patient) => wards.get(patient));
  for (let index = 0; index < Math.min(SIMULATED_VIEWERS, patients); index++) {
    const { patient } = population.personAt(index);
    const viewer = `viewer-${index}`;
    observations.admit({ viewer, patients: [patient], wards: [] });
    observations.watch(viewer, patient);
    fanOut.watchPatient(patient, (update) => {
      const nowMs = clock.epochMs();
      if (update.kind === 'reading')
        observations.observe(viewer, 'reading', update.patient, update.reading.startMs, 0, nowMs);
      if (update.kind === 'alert') {
        const { rule, atMs } = update.alert;
        observations.observeAlert(viewer, update.patient, rule, atMs, nowMs);
      }
      if (update.kind === 'window') {
        const { startMs, revision } = update.window;
        observations.observe(viewer, 'window', update.patient, startMs, revision, nowMs);
      }
    });
  }
  return observations;
}
