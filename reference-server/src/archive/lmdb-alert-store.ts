import type { Alert } from '@gaitway/contract';
import type { Database } from 'lmdb';
import { OneAtATime } from '../one-at-a-time.ts';
import type { LmdbEnvironment, WriteBatch } from '../stores/lmdb-environment.ts';
import { changeOf, furthestOfEach, merged } from './alert-changes.ts';
import { isAskedFor, newestFirst } from './alert-query.ts';
import type { AlertQuery } from './archive.ts';
import { ABOVE_NUMBERS, ABOVE_TEXTS, BELOW_NUMBERS, keyText, nextTurn } from './lmdb-key.ts';
import { fromStored } from './old-alerts.ts';

/** Lists of alerts by time: of everyone, of a patient, of a ward. */
type ListKey = [list: 'all' | 'patient' | 'ward', name: string, atMs: number, id: string];
type ListName = [list: ListKey[0], name: string];

/** So many alerts are removed in one transaction. */
const STEP = 500;

/** Alerts in LMDB, by id, and in lists by time. */
export class LmdbAlertStore {
  private readonly environment: LmdbEnvironment;
  private readonly byId: Database<Alert, string>;
  private readonly lists: Database<boolean, ListKey>;
  private readonly writes = new OneAtATime();

  constructor(environment: LmdbEnvironment) {
    this.environment = environment;
    this.byId = environment.database('alerts', { encoding: 'msgpack' });
    this.lists = environment.database('alert-lists', { encoding: 'msgpack' });
  }

  get(id: string): Alert | null {
    const stored = this.byId.get(id);
    return stored ? fromStored(stored) : null;
  }

  save(alerts: readonly Alert[]): Promise<Alert[]> {
    if (alerts.length === 0) return Promise.resolve([]);
    return this.writes.run(async () => {
      const changed: Alert[] = [];
      const written: Alert[] = [];
      for (const alert of furthestOfEach(alerts)) {
        const stored = this.get(keyText(alert.id));
        const change = changeOf(stored, alert);
        const next = merged(stored, alert);
        if (change === 'changed') changed.push(next);
        if (change !== 'refused') written.push(next);
      }
      await this.write(written);
      return changed;
    });
  }

  acknowledge(id: string, by: string, atMs: number): Promise<Alert | null> {
    return this.writes.run(async () => {
      const stored = this.get(id);
      if (!stored || stored.acknowledgedBy !== undefined) return stored;
      const acknowledged: Alert = { ...stored, acknowledgedBy: by, acknowledgedAtMs: atMs };
      await this.write([acknowledged]);
      return acknowledged;
    });
  }

  find(query: AlertQuery): Alert[] {
    const found = new Map<string, Alert>();
    for (const list of listsFor(query)) {
      let count = 0;
      for (const alert of this.newestOf(list, query)) {
        if (!isAskedFor(query, alert)) continue;
        found.set(alert.id, alert);
        count += 1;
        if (count === query.limit) break;
      }
    }
    return [...found.values()].sort(newestFirst).slice(0, query.limit);
  }

  /** Removes alerts that were raised at or before `endMs`, a step at a time. */
  async expire(endMs: number): Promise<void> {
    const old = { start: ['all', '', BELOW_NUMBERS], end: ['all', '', endMs, ABOVE_TEXTS], limit: STEP };
    for (;;) {
      const removed = await this.writes.run(async () => {
        const keys = [...this.lists.getKeys(old)];
        await this.environment.batch((batch) => {
          for (const [, , , id] of keys) {
            const alert = this.byId.get(id);
            if (!alert) continue;
            this.unlist(batch, alert);
            batch.remove(this.byId, id);
          }
        });
        return keys.length;
      });
      if (removed < STEP) return;
      await nextTurn();
    }
  }

  private *newestOf([list, name]: ListName, { before, fromMs, toMs }: AlertQuery): Iterable<Alert> {
    const startMs = Math.min(toMs ?? ABOVE_NUMBERS, before?.atMs ?? ABOVE_NUMBERS);
    // The moment of `before` itself is read too: others may share it. The query's filter leaves out the rest.
    const start = startMs === before?.atMs ? [list, name, startMs, before.id] : [list, name, startMs];
    const end = [list, name, fromMs ?? BELOW_NUMBERS];
    for (const key of this.lists.getKeys({ start, end, reverse: true, inclusiveEnd: true })) {
      const alert = this.get(key[3]);
      if (alert) yield alert;
    }
  }

  private async write(alerts: readonly Alert[]): Promise<void> {
    const before = alerts.map((alert) => this.byId.get(alert.id));
    await this.environment.batch((batch) => {
      alerts.forEach((alert, i) => {
        const stored = before[i];
        if (stored) this.unlist(batch, stored);
        batch.put(this.byId, alert.id, alert);
        for (const key of listKeysOf(alert)) batch.put(this.lists, key, true);
      });
    });
  }

  private unlist(batch: WriteBatch, alert: Alert): void {
    for (const key of listKeysOf(alert)) batch.remove(this.lists, key);
  }
}

function listKeysOf({ patient, ward, atMs, id }: Alert): ListKey[] {
  return [
    ['all', '', atMs, id],
    ['patient', keyText(patient), atMs, id],
    ['ward', keyText(ward), atMs, id],
  ];
}

/** The lists that hold everything that a query may find, and as little else as possible. */
function listsFor({ scope, patient }: AlertQuery): ListName[] {
  if (patient !== undefined) return [['patient', patient]];
  if (!scope.patients && !scope.wards) return [['all', '']];
  return [
    ...[...new Set(scope.patients)].map((name): ListName => ['patient', name]),
    ...[...new Set(scope.wards)].map((name): ListName => ['ward', name]),
  ];
}
