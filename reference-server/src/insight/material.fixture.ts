import {
  type Alert,
  CONDITIONS,
  type ConditionAssessment,
  type MedicationEntry,
  type WindowDocument,
} from '@gaitway/contract';
import { documentOf } from '../archive/documents.fixture.ts';
import { builtInModel } from '../infer/load-model.ts';
import { MODEL_VERSION } from '../infer/model-names.ts';
import { loadLibrary } from './exercise-library.ts';
import { factsOf, type InsightPeriod } from './facts.ts';
import { foundFrom } from './found-from.ts';
import { type InsightMaterial, materialOf } from './material.ts';

export const MINUTE_MS = 60_000;
/** The minutes of the documents are counted from here. */
export const FIRST_MS = documentOf('', 0).startMs;
/** Ada's hour. */
export const PERIOD: InsightPeriod = {
  ...{ patient: 'ada', ward: 'north' },
  ...{ fromMs: FIRST_MS + 60 * MINUTE_MS, toMs: FIRST_MS + 120 * MINUTE_MS },
};

/** Probabilities by condition; `null` or left out: not assessable. */
export type Probabilities = Partial<Record<string, number | null>>;

/** What each feature of the signal contributed, by condition. */
export type Drivers = Partial<Record<string, Readonly<Record<string, number>>>>;

/** A window of Ada that starts in this minute. */
export function windowOf(
  minute: number,
  probabilities: Probabilities,
  drivers: Drivers = {},
): WindowDocument {
  const conditions = CONDITIONS.map((condition): ConditionAssessment => {
    const probability = probabilities[condition] ?? null;
    return probability === null
      ? { condition, assessable: false, reason: 'too few slots' }
      : { condition, assessable: true, score: 0, probability, ...contributionsOf(drivers[condition]) };
  });
  return documentOf('ada', minute, { ward: 'north', assessment: { model: 'm', conditions } });
}

function contributionsOf(of: Drivers[string]): Pick<ConditionAssessment, 'contributions'> {
  if (of === undefined) return {};
  const each = { ...of, intercept: 9, slotsPositiveShare: 9 };
  const contributions = Object.entries(each).map(([feature, contribution]) => ({
    feature,
    value: 1,
    contribution,
  }));
  return { contributions };
}

/** Windows of consecutive minutes, from this one on. */
export const windowsFrom = (
  minute: number,
  each: readonly Probabilities[],
  drivers: readonly Drivers[] = [],
): WindowDocument[] => each.map((probabilities, at) => windowOf(minute + at, probabilities, drivers[at]));

export const alertAt = (minute: number, rule: string, over: Partial<Alert> = {}): Alert => ({
  ...{ id: `x.${rule}.${minute}`, patient: 'ada', ward: 'north', rule, severity: 'notice', state: 'raised' },
  atMs: FIRST_MS + minute * MINUTE_MS,
  says: `${rule} in 9 of 12 slots of one window`,
  ...over,
});

export const entryAt = (minute: number, note: string | undefined = undefined): MedicationEntry => ({
  ...{ id: `m${minute}`, patient: 'ada', takenAtMs: FIRST_MS + minute * MINUTE_MS },
  ...{ medication: 'levodopa', doseMg: 100, enteredBy: 'carl' },
  ...(note === undefined ? {} : { note }),
});

export interface History {
  now?: readonly WindowDocument[];
  before?: readonly WindowDocument[];
  alerts?: readonly Alert[];
  medication?: readonly MedicationEntry[];
  standing?: readonly Alert[];
}

/** Ten windows of the hour: tremor in six of nine, no arm swing to see, walking in two; less tremor before. */
export const HISTORY = {
  now: windowsFrom(
    60,
    [0.9, 0.8, 0.9, 0.7, 0.6, 0.5, 0.2, 0.1, 0.3, null].map((tremor, at) => ({
      tremor,
      gait: at < 2 ? 0.9 : 0.1,
    })),
  ),
  before: windowsFrom(
    0,
    [0.1, 0.2, 0.3, 0.1, 0.2, 0.4].map((tremor) => ({ tremor, gait: 0.1 })),
  ),
  alerts: [alertAt(61, 'sustained-tremor'), alertAt(65, 'sustained-tremor')],
  medication: [entryAt(70)],
} satisfies History;

const LIBRARY = loadLibrary();
export const FOUND_FROM = foundFrom(builtInModel(MODEL_VERSION).file);

export function materialWith(history: History = HISTORY): InsightMaterial {
  const { now = [], before = [], alerts = [], medication = [], standing = [] } = history;
  return materialOf(factsOf(PERIOD, { now, before, alerts, medication, standing }, FOUND_FROM), LIBRARY);
}
