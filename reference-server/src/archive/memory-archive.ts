import type { Alert, Insight, MedicationEntry, PatientProfile, WindowDocument } from '@gaitway/contract';
import type { RollOut } from '../infer/roll-out/roll-out.ts';
import type { Durability } from '../ingest/reading-log.ts';
import { changeOf, furthestOfEach, merged } from './alert-changes.ts';
import { isAskedFor, isInScope, newestFirst } from './alert-query.ts';
import {
  type AlertQuery,
  type Archive,
  isSameReading,
  RETENTION_DEFAULT,
  type Retention,
  type SaveOutcome,
  type Scope,
  type StoredReading,
  type WindowKey,
} from './archive.ts';
import { WindowStore } from './window-store.ts';

/** The archive of the whole-system simulation: exact, in this process's memory, gone with it. */
export class MemoryArchive implements Archive {
  readonly durability: Durability = {
    level: 'process',
    known: 'declared',
    detail: 'memory of this process; the simulation crashes its parts, never its stores',
  };
  private readonly retention: Retention;
  private readonly windows = new WindowStore();
  private readonly alertsById = new Map<string, Alert>();
  private readonly profiles = new Map<string, PatientProfile>();
  private readonly medication = new Map<string, MedicationEntry>();
  private readonly insights = new Map<string, Insight>();
  private readonly rollOuts = new Map<string, RollOut>();
  private readonly readings = new Map<number, StoredReading[]>();

  constructor(retention: Retention = RETENTION_DEFAULT) {
    this.retention = retention;
  }

  async saveWindows(windows: readonly WindowDocument[]): Promise<SaveOutcome[]> {
    return windows.map((window) => (this.windows.save(window) ? 'saved' : 'fenced'));
  }

  async windowsAt(keys: readonly WindowKey[]): Promise<(WindowDocument | null)[]> {
    return keys.map(({ patient, startMs }) => this.windows.get(patient, startMs));
  }

  async windowsOf(patient: string, fromMs: number, toMs: number, limit: number): Promise<WindowDocument[]> {
    return this.windows.range(patient, fromMs, toMs, limit);
  }

  async *scanWindows(fromMs: number, toMs: number, pageSize: number): AsyncIterable<WindowDocument[]> {
    let page: WindowDocument[] = [];
    for (const patient of this.windows.patients()) {
      let startMs = fromMs;
      for (;;) {
        const room = pageSize - page.length;
        const documents = this.windows.range(patient, startMs, toMs, room);
        page.push(...documents);
        if (page.length === pageSize) {
          yield page;
          page = [];
        }
        if (documents.length < room) break;
        startMs = documents.at(-1)!.startMs + 1;
      }
    }
    if (page.length > 0) yield page;
  }

  async saveAlerts(alerts: readonly Alert[]): Promise<Alert[]> {
    const changed: Alert[] = [];
    for (const alert of furthestOfEach(alerts)) {
      const stored = this.alertsById.get(alert.id);
      const change = changeOf(stored, alert);
      const next = merged(stored, alert);
      if (change === 'changed') changed.push({ ...next });
      if (change !== 'refused') this.alertsById.set(alert.id, next);
    }
    return changed;
  }

  async alerts(query: AlertQuery): Promise<Alert[]> {
    const found = [...this.alertsById.values()].filter((alert) => isAskedFor(query, alert));
    return found
      .sort(newestFirst)
      .slice(0, query.limit)
      .map((alert) => ({ ...alert }));
  }

  async alert(id: string): Promise<Alert | null> {
    return copyOf(this.alertsById.get(id));
  }

  async acknowledgeAlert(id: string, by: string, atMs: number): Promise<Alert | null> {
    const stored = this.alertsById.get(id);
    if (stored && stored.acknowledgedBy === undefined) {
      Object.assign(stored, { acknowledgedBy: by, acknowledgedAtMs: atMs });
    }
    return copyOf(stored);
  }

  async rollOut(candidate: string): Promise<RollOut | null> {
    return copyOf(this.rollOuts.get(candidate));
  }

  async saveRollOut(rollOut: RollOut): Promise<boolean> {
    if ((this.rollOuts.get(rollOut.candidate)?.revision ?? 0) !== rollOut.revision - 1) return false;
    this.rollOuts.set(rollOut.candidate, structuredClone(rollOut));
    return true;
  }

  async savePatients(patients: readonly PatientProfile[]): Promise<void> {
    for (const profile of patients) this.profiles.set(profile.patient, { ...profile });
  }

  async patient(patient: string): Promise<PatientProfile | null> {
    return copyOf(this.profiles.get(patient));
  }

  async patients(scope: Scope, after: string | null, limit: number): Promise<PatientProfile[]> {
    return [...this.profiles.values()]
      .filter(({ patient, ward }) => (after === null || patient > after) && isInScope(scope, patient, ward))
      .sort((a, b) => (a.patient < b.patient ? -1 : 1))
      .slice(0, limit)
      .map((profile) => ({ ...profile }));
  }

  async saveMedication(entry: MedicationEntry): Promise<void> {
    this.medication.set(entry.id, { ...entry });
  }

  async medicationOf(
    patient: string,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<MedicationEntry[]> {
    return [...this.medication.values()]
      .filter((entry) => entry.patient === patient && entry.takenAtMs >= fromMs && entry.takenAtMs < toMs)
      .sort((a, b) => a.takenAtMs - b.takenAtMs || (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map((entry) => ({ ...entry }));
  }

  async saveInsight(insight: Insight): Promise<boolean> {
    if (this.insights.has(insight.id)) return false;
    this.insights.set(insight.id, structuredClone(insight));
    return true;
  }

  async insight(id: string): Promise<Insight | null> {
    return structuredClone(this.insights.get(id)) ?? null;
  }

  async insightsOf(patient: string, fromMs: number, toMs: number, limit: number): Promise<Insight[]> {
    return [...this.insights.values()]
      .filter((insight) => insight.patient === patient && insight.toMs >= fromMs && insight.toMs < toMs)
      .sort((a, b) => a.toMs - b.toMs)
      .slice(0, limit)
      .map((insight) => structuredClone(insight));
  }

  async saveReadings(readings: readonly StoredReading[]): Promise<StoredReading[]> {
    const taken: StoredReading[] = [];
    for (const reading of readings) {
      const stored = this.readings.get(reading.partition) ?? [];
      this.readings.set(reading.partition, stored);
      const at = stored.findLastIndex(({ position }) => position <= reading.position);
      const there = stored[at];
      if (there?.position !== reading.position)
        stored.splice(at + 1, 0, { ...reading, bytes: reading.bytes.slice() });
      else if (!isSameReading(there, reading)) taken.push(reading);
    }
    return taken;
  }

  async readingsAfter(partition: number, after: string | null, limit: number): Promise<StoredReading[]> {
    const stored = this.readings.get(partition) ?? [];
    const start = after === null ? 0 : firstAbove(stored, after);
    return stored.slice(start, start + limit);
  }

  async lastReadingPosition(partition: number): Promise<string | null> {
    return this.readings.get(partition)?.at(-1)?.position ?? null;
  }

  async expire(nowMs: number): Promise<void> {
    this.windows.forgetBefore(nowMs - this.retention.windowsMs);
    for (const [id, { atMs }] of this.alertsById)
      if (atMs <= nowMs - this.retention.alertsMs) this.alertsById.delete(id);
    for (const [id, { takenAtMs }] of this.medication)
      if (takenAtMs <= nowMs - this.retention.medicationMs) this.medication.delete(id);
    for (const [id, { toMs }] of this.insights)
      if (toMs <= nowMs - this.retention.windowsMs) this.insights.delete(id);
    const receivedBeforeMs = nowMs - this.retention.readingsMs;
    for (const [partition, stored] of this.readings) {
      const keep = stored.filter(({ receivedAtMs }) => receivedAtMs >= receivedBeforeMs);
      if (keep.length < stored.length) this.readings.set(partition, keep);
    }
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {}
}

function copyOf<T extends object>(value: T | undefined): T | null {
  return value ? { ...value } : null;
}

function firstAbove(stored: readonly StoredReading[], position: string): number {
  let low = 0;
  let high = stored.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (stored[middle]!.position <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
