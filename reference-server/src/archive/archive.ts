import type {
  Alert,
  AlertState,
  Insight,
  MedicationEntry,
  PatientProfile,
  WindowDocument,
} from '@gaitway/contract';
import type { RollOut } from '../infer/roll-out/roll-out.ts';
import type { Durability } from '../ingest/reading-log.ts';

/** `fenced`: a document of a higher epoch is there already, and nothing was changed. */
export type SaveOutcome = 'saved' | 'fenced';

export interface WindowKey {
  patient: string;
  startMs: number;
}

/** Which patients a question is about: those a caller may see. `undefined`: all. */
export interface Scope {
  patients?: readonly string[];
  wards?: readonly string[];
}

export interface AlertQuery {
  scope: Scope;
  patient?: string;
  rule?: string;
  state?: AlertState;
  /** Those that somebody has acknowledged, or those that nobody has. */
  acknowledged?: boolean;
  fromMs?: number;
  toMs?: number;
  /** Newest first; continue below this (moment, id). */
  before?: { atMs: number; id: string };
  limit: number;
}

/** A reading as it is stored when the cache is off: one document each. */
export interface StoredReading {
  patient: string;
  ward: string;
  partition: number;
  /** Grows with each reading of its partition; sixteen decimal digits, so that text order is number order. */
  position: string;
  receivedAtMs: number;
  bytes: Uint8Array;
}

/**
 * What is kept: windows for long, alerts, medication, patients; single readings only when the cache is
 * off. Writing is idempotent: the same thing twice is one document.
 */
export interface Archive {
  /** What a confirmed write outlives. */
  readonly durability: Durability;
  /**
   * Saves windows, one outcome each. A document with a higher epoch than the one given is never replaced;
   * with the same epoch the higher revision wins.
   */
  saveWindows(windows: readonly WindowDocument[]): Promise<SaveOutcome[]>;
  /** The documents of these keys, `null` where there is none. */
  windowsAt(keys: readonly WindowKey[]): Promise<(WindowDocument | null)[]>;
  /** A patient's windows that start in [fromMs, toMs), oldest first. */
  windowsOf(patient: string, fromMs: number, toMs: number, limit: number): Promise<WindowDocument[]>;
  /** Every window that starts in [fromMs, toMs), by patient and start, in pages. */
  scanWindows(fromMs: number, toMs: number, pageSize: number): AsyncIterable<WindowDocument[]>;

  /**
   * Saves alerts and returns those that changed, as they are stored: new ones, and known ones that came to a later state.
   * States only go forward: raised; confirmed or withdrawn, whichever comes first. Of several with one id the one that
   * has come furthest counts. An acknowledgement stays, whatever is saved later.
   */
  saveAlerts(alerts: readonly Alert[]): Promise<Alert[]>;
  alerts(query: AlertQuery): Promise<Alert[]>;
  alert(id: string): Promise<Alert | null>;
  /** Marks an alert as acknowledged and returns it; `null`: there is none. The first acknowledgement stands. */
  acknowledgeAlert(id: string, by: string, atMs: number): Promise<Alert | null>;

  /** How far this version of a model is rolled out; `null`: nobody has begun. */
  rollOut(candidate: string): Promise<RollOut | null>;
  /** `false`: another revision than the one before this is there, and nothing was changed. */
  saveRollOut(rollOut: RollOut): Promise<boolean>;

  savePatients(patients: readonly PatientProfile[]): Promise<void>;
  patient(patient: string): Promise<PatientProfile | null>;
  /** Patients after `after`, in order of their id. */
  patients(scope: Scope, after: string | null, limit: number): Promise<PatientProfile[]>;

  saveMedication(entry: MedicationEntry): Promise<void>;
  medicationOf(patient: string, fromMs: number, toMs: number, limit: number): Promise<MedicationEntry[]>;

  /** Saves an insight; `false`: one of its id was there, and stays as it is. */
  saveInsight(insight: Insight): Promise<boolean>;
  insight(id: string): Promise<Insight | null>;
  /** A patient's insights whose period ends in [fromMs, toMs), oldest first. */
  insightsOf(patient: string, fromMs: number, toMs: number, limit: number): Promise<Insight[]>;

  /**
   * One write each, by intent: this is the plans' baseline without a cache. Returns those whose position has
   * another reading already: they were not saved, and nothing that is stored is ever replaced.
   */
  saveReadings(readings: readonly StoredReading[]): Promise<StoredReading[]>;
  readingsAfter(partition: number, after: string | null, limit: number): Promise<StoredReading[]>;
  /** The highest position of a partition, `null` where there is none. */
  lastReadingPosition(partition: number): Promise<string | null>;

  /** Deletes what is older than the retention says. A store that does it by itself does nothing here. */
  expire(nowMs: number): Promise<void>;

  /** Resolves when the store answers; rejects with what is wrong. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** `true`: the same frame of the same patient, whenever it was received. */
export function isSameReading(a: StoredReading, b: StoredReading): boolean {
  return a.patient === b.patient && Buffer.compare(a.bytes, b.bytes) === 0;
}

/** How long things are kept, in ms. */
export interface Retention {
  /** From when a reading was received. */
  readingsMs: number;
  /** From the end of a window, or of the period of an insight, which cites windows. */
  windowsMs: number;
  /** From when an alert was raised, in whatever state it is. */
  alertsMs: number;
  /** From when something was taken. */
  medicationMs: number;
}
const DAY_MS = 24 * 3600_000;
/** What people decided or entered is kept longer than what can be measured again. */
export const RETENTION_DEFAULT: Readonly<Retention> = {
  readingsMs: DAY_MS,
  windowsMs: 400 * DAY_MS,
  alertsMs: 3650 * DAY_MS,
  medicationMs: 3650 * DAY_MS,
};
