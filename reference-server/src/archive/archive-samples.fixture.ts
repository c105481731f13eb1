import {
  type Alert,
  INSIGHT_NOTICE,
  type Insight,
  type InsightItem,
  type MedicationEntry,
  type PatientProfile,
  type WindowDocument,
} from '@gaitway/contract';
import type { AlertQuery, Archive, StoredReading } from './archive.ts';
import { documentOf } from './documents.fixture.ts';

/** The minutes of {@link documentOf} are counted from here. */
export const BASE_MS = documentOf('', 0).startMs;

export async function everything(archive: Archive): Promise<WindowDocument[]> {
  const all: WindowDocument[] = [];
  for await (const page of archive.scanWindows(0, 1e15, 100)) all.push(...page);
  return all;
}

export function ask(query: Partial<AlertQuery> = {}): AlertQuery {
  return { scope: {}, limit: 100, ...query };
}

export function alertOf(id: string, over: Partial<Alert> = {}): Alert {
  return {
    id,
    patient: 'a',
    ward: 'north',
    rule: 'tremor',
    severity: 'warning',
    state: 'raised',
    atMs: 1000,
    says: 'tremor above its limit',
    ...over,
  };
}

export function patientOf(patient: string, ward: string): PatientProfile {
  return { patient, ward, device: 7, displayName: `Synthetic ${patient}`, synthetic: true };
}

export function medicationOf(id: string, patient: string, takenAtMs: number): MedicationEntry {
  return { id, patient, takenAtMs, medication: 'levodopa', doseMg: 100, enteredBy: 'nurse' };
}

export function insightOf(patient: string, toMs: number): Insight {
  const statistic: InsightItem = {
    ...{ id: 'statistic:gait:now', kind: 'statistic', condition: 'gait' },
    ...{ fromMs: toMs - 5, toMs, windows: 3, assessable: 0, positive: 0, meanProbability: null },
  };
  return {
    ...{
      id: `${patient}.insight.${toMs}`,
      patient,
      ward: 'north',
      fromMs: toMs - 5,
      toMs,
      writtenAtMs: toMs + 1,
    },
    ...{ writer: 'model', writtenBy: 'm-1' },
    sentences: [
      {
        text: 'Walking could not be assessed in any window.',
        supports: [statistic.id],
        predicate: {
          kind: 'windows',
          condition: 'gait',
          which: 'assessable',
          comparison: 'equals',
          value: 0,
        },
      },
    ],
    cited: [statistic],
    removed: { bad_form: 2 },
    notice: INSIGHT_NOTICE,
    synthetic: true,
  };
}

export function positionText(position: number): string {
  return String(position).padStart(16, '0');
}

export function readingOf(partition: number, position: number): StoredReading {
  return {
    patient: 'a',
    ward: 'north',
    partition,
    position: positionText(position),
    receivedAtMs: BASE_MS,
    bytes: Uint8Array.of(position, 0, 255),
  };
}
