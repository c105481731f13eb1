import { SLOT_MS_DEFAULT } from '@gaitway/contract';
import { MemoryArchive, MemoryReadingLog, SERVER_SETTINGS_DEFAULT } from '@gaitway/reference-server';
import { populationFrom } from '../fleet/population.ts';
import { AnswersByPatient } from '../grade/answers-by-patient.ts';
import { allAlerts } from '../grade/archived-alerts.ts';
import { builtInTold } from '../grade/built-in-told.ts';
import { truthOfRun } from '../grade/run-truth.ts';
import { thresholdOf } from '../grade/told-model.ts';
import type { Cohort } from '../patients/cohort.ts';
import { RANGES_DEFAULT, ReadingSource } from '../patients/readings.ts';
import { SIMULATION_START_MS, simulateSystem } from '../whole-system/simulate.ts';
import { NO_SYSTEM_FAULTS } from '../whole-system/system-faults.ts';
import { judgePatient } from './judge-patient.ts';
import type { PatientQuality } from './patient-quality.ts';
import { PlainMethods } from './plain-methods.ts';

/** Patients of one seed who live for some hours, from `cohort.startHour` on. */
export interface HeldOutPlay {
  seed: number;
  patients: number;
  hours: number;
  cohort: Cohort;
}

const MS_PER_HOUR = 3_600_000;
const PARTITIONS = 8;
const COUNTS_PER_G = 16_384 / 2 ** RANGES_DEFAULT.accelRange;

/**
 * Lets patients live through the whole system under virtual time, and judges what the archive holds in the end: their
 * devices' own detectors report, and the answers and alerts are the server's, by the way that they take in a run.
 */
export async function playHeldOut({ seed, patients, hours, cohort }: HeldOutPlay): Promise<PatientQuality[]> {
  const source = new ReadingSource(seed, { cohort });
  const archive = new MemoryArchive();
  const log = new MemoryReadingLog({
    ...{ partitions: PARTITIONS, ownsRecords: true },
    entriesMax: SERVER_SETTINGS_DEFAULT.logEntriesMax,
  });
  const population = populationFrom(source);
  // The last slots are due a slot after they begin, at the latest: so that every patient lives whole hours.
  const playedMs = hours * MS_PER_HOUR + SLOT_MS_DEFAULT;
  const { audit } = await simulateSystem({
    ...{ seed, patients, hours: playedMs / MS_PER_HOUR, population, faults: NO_SYSTEM_FAULTS },
    parts: { stores: { log, archive } },
  });
  if (audit.verdict !== 'holds')
    throw new Error(`The audit of the held-out patients of seed ${seed}: ${audit.reasons.join('; ')}.`);
  const startMs = SIMULATION_START_MS;
  const measured = { startMs, measureFromMs: startMs, measureToMs: startMs + playedMs };
  const { windowMs } = SERVER_SETTINGS_DEFAULT.window;
  const truth = truthOfRun({ seed, patients, slotMs: SLOT_MS_DEFAULT, windowMs, cohort, ...measured });
  const alerts = await allAlerts((page) => archive.alerts({ scope: {}, ...page }));
  const plain = new PlainMethods(COUNTS_PER_G);
  const freezingThreshold = thresholdOf(builtInTold(), 'freezing');
  const judged: PatientQuality[] = [];
  const answers = new AnswersByPatient(truth, (index, answered) => {
    const person = truth.personAt(index).patient;
    const own = alerts.filter(({ patient }) => patient === person);
    judged.push(
      judgePatient(truth, source, plain, { index, answers: answered, alerts: own, freezingThreshold }),
    );
  });
  for await (const page of archive.scanWindows(0, Number.MAX_SAFE_INTEGER, 1000)) {
    for (const document of page) answers.take(document);
  }
  answers.finish();
  return judged;
}
