import type { Alert, Insight, MedicationEntry, PatientProfile, WindowDocument } from '@gaitway/contract';
import type {
  AlertQuery,
  Archive,
  SaveOutcome,
  Scope,
  StoredReading,
  WindowKey,
} from '../archive/archive.ts';
import type { RollOut } from '../infer/roll-out/roll-out.ts';
import { CacheGroups, type CacheGroupsDeps } from './cache-groups.ts';
import { blocksOf, WINDOWS_PER_BLOCK } from './window-blocks.ts';

export interface CachedArchiveDeps extends CacheGroupsDeps {
  archive: Archive;
  /** Length of a window, in ms: what the blocks of the cache are cut by. */
  windowMs: number;
}

/** A question longer than this is not worth an entry of its own. */
const KEY_CHARACTERS_MAX = 1024;
/** A block can hold more windows than its length says where the setting was changed; beyond this it is not cached. */
const WINDOWS_PER_BLOCK_MAX = 4 * WINDOWS_PER_BLOCK;

const PATIENTS = 'patients';
const ALERTS = 'alerts';
const windowsOfPatient = (patient: string) => `windows:${patient}`;
const alertsOfPatient = (patient: string) => `alerts:${patient}`;
const medicationOfPatient = (patient: string) => `medication:${patient}`;

/**
 * The archive behind a cache: what viewers and the API ask often is kept, and every write through this object
 * makes invalid what it changed, also when the write fails (then it is not known what it changed).
 * What processors, audits and exports read (`windowsAt`, `scanWindows`, readings, roll-outs) is never served from a cache.
 */
export class CachedArchive implements Archive {
  readonly #archive: Archive;
  readonly #groups: CacheGroups;
  readonly #blockMs: number;

  constructor(deps: CachedArchiveDeps) {
    this.#archive = deps.archive;
    this.#groups = new CacheGroups(deps);
    this.#blockMs = deps.windowMs * WINDOWS_PER_BLOCK;
  }

  get durability(): Archive['durability'] {
    return this.#archive.durability;
  }

  async windowsOf(patient: string, fromMs: number, toMs: number, limit: number): Promise<WindowDocument[]> {
    const blocks = blocksOf(fromMs, toMs, this.#blockMs);
    if (blocks === null) return this.#archive.windowsOf(patient, fromMs, toMs, limit);
    if (blocks.length === 0) return [];
    const found = await this.#blocks(patient, blocks);
    if (found === null) return this.#archive.windowsOf(patient, fromMs, toMs, limit);
    return found.filter((document) => document.startMs >= fromMs && document.startMs < toMs).slice(0, limit);
  }

  async patient(patient: string): Promise<PatientProfile | null> {
    return this.#groups.through(PATIENTS, `patient:${patient}`, () => this.#archive.patient(patient));
  }

  async patients(scope: Scope, after: string | null, limit: number): Promise<PatientProfile[]> {
    return this.#question(PATIENTS, 'patients', [scope, after, limit], () =>
      this.#archive.patients(scope, after, limit),
    );
  }

  async alerts(query: AlertQuery): Promise<Alert[]> {
    const group = query.patient === undefined ? ALERTS : alertsOfPatient(query.patient);
    return this.#question(group, 'alerts', query, () => this.#archive.alerts(query));
  }

  async medicationOf(
    patient: string,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<MedicationEntry[]> {
    return this.#question(medicationOfPatient(patient), 'medication', [patient, fromMs, toMs, limit], () =>
      this.#archive.medicationOf(patient, fromMs, toMs, limit),
    );
  }

  async saveWindows(windows: readonly WindowDocument[]): Promise<SaveOutcome[]> {
    return this.#writing(
      () => this.#archive.saveWindows(windows),
      windows.map(({ patient }) => windowsOfPatient(patient)),
    );
  }

  async saveAlerts(alerts: readonly Alert[]): Promise<Alert[]> {
    return this.#writing(
      () => this.#archive.saveAlerts(alerts),
      alerts.length === 0 ? [] : [ALERTS, ...alerts.map(({ patient }) => alertsOfPatient(patient))],
    );
  }

  async acknowledgeAlert(id: string, by: string, atMs: number): Promise<Alert | null> {
    // Whose alert it is must be known even when the write fails, so it is asked before.
    const alert = await this.#archive.alert(id);
    if (alert === null) return null;
    return this.#writing(
      () => this.#archive.acknowledgeAlert(id, by, atMs),
      [ALERTS, alertsOfPatient(alert.patient)],
    );
  }

  async savePatients(patients: readonly PatientProfile[]): Promise<void> {
    return this.#writing(() => this.#archive.savePatients(patients), patients.length === 0 ? [] : [PATIENTS]);
  }

  async saveMedication(entry: MedicationEntry): Promise<void> {
    return this.#writing(() => this.#archive.saveMedication(entry), [medicationOfPatient(entry.patient)]);
  }

  rollOut(candidate: string): Promise<RollOut | null> {
    return this.#archive.rollOut(candidate);
  }
  saveRollOut(rollOut: RollOut): Promise<boolean> {
    return this.#archive.saveRollOut(rollOut);
  }
  windowsAt(keys: readonly WindowKey[]): Promise<(WindowDocument | null)[]> {
    return this.#archive.windowsAt(keys);
  }
  scanWindows(fromMs: number, toMs: number, pageSize: number): AsyncIterable<WindowDocument[]> {
    return this.#archive.scanWindows(fromMs, toMs, pageSize);
  }
  alert(id: string): Promise<Alert | null> {
    return this.#archive.alert(id);
  }
  /** Insights are few and asked for rarely: they are not cached. */
  saveInsight(insight: Insight): Promise<boolean> {
    return this.#archive.saveInsight(insight);
  }
  insight(id: string): Promise<Insight | null> {
    return this.#archive.insight(id);
  }
  insightsOf(patient: string, fromMs: number, toMs: number, limit: number): Promise<Insight[]> {
    return this.#archive.insightsOf(patient, fromMs, toMs, limit);
  }
  saveReadings(readings: readonly StoredReading[]): Promise<StoredReading[]> {
    return this.#archive.saveReadings(readings);
  }
  readingsAfter(partition: number, after: string | null, limit: number): Promise<StoredReading[]> {
    return this.#archive.readingsAfter(partition, after, limit);
  }
  lastReadingPosition(partition: number): Promise<string | null> {
    return this.#archive.lastReadingPosition(partition);
  }
  /** What expired stays in the cache until its time there is up. */
  expire(nowMs: number): Promise<void> {
    return this.#archive.expire(nowMs);
  }
  ping(): Promise<void> {
    return this.#archive.ping();
  }
  /** Closes the archive; the cache belongs to whoever made it. */
  close(): Promise<void> {
    return this.#archive.close();
  }

  async #writing<Result>(write: () => Promise<Result>, groups: string[]): Promise<Result> {
    try {
      return await write();
    } finally {
      if (groups.length > 0) await this.#groups.invalidate(groups);
    }
  }

  async #question<Answer>(
    group: string,
    kind: string,
    question: unknown,
    ask: () => Promise<Answer>,
  ): Promise<Answer> {
    const key = `${kind}:${JSON.stringify(question)}`;
    return key.length > KEY_CHARACTERS_MAX ? ask() : this.#groups.through(group, key, ask);
  }

  /** All windows of these neighbouring blocks, oldest first; `null`: there are more than the cache takes. */
  async #blocks(patient: string, blocks: readonly number[]): Promise<WindowDocument[] | null> {
    const group = windowsOfPatient(patient);
    const keyOf = (block: number) => `windows:${block}:${patient}`;
    const { version, values } = await this.#groups.lookUp(group, blocks.map(keyOf));
    const held = values as (WindowDocument[] | undefined)[];
    const firstMissing = held.indexOf(undefined);
    if (firstMissing < 0) return held.flatMap((windows) => windows ?? []);

    // One question to the archive for all from the first to the last missing block.
    const missing = blocks.slice(firstMissing, held.lastIndexOf(undefined) + 1);
    const current = version ?? (await this.#groups.begin(group));
    const loaded = await this.#groups.once(`${current} ${keyOf(missing[0]!)} ${missing.length}`, async () => {
      const limit = missing.length * WINDOWS_PER_BLOCK_MAX + 1;
      const [fromMs, toMs] = [missing[0]! * this.#blockMs, (missing.at(-1)! + 1) * this.#blockMs];
      const windows = await this.#archive.windowsOf(patient, fromMs, toMs, limit);
      if (windows.length === limit) return null;
      const byBlock = missing.map((block) =>
        windows.filter(({ startMs }) => Math.floor(startMs / this.#blockMs) === block),
      );
      await Promise.all(byBlock.map((held, i) => this.#groups.keep(current, keyOf(missing[i]!), held)));
      return byBlock;
    });
    if (loaded === null) return null;
    return blocks.flatMap((_, i) => loaded[i - firstMissing] ?? held[i] ?? []);
  }
}
