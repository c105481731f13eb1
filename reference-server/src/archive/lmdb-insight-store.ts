import type { Insight } from '@gaitway/contract';
import type { Database } from 'lmdb';
import { OneAtATime } from '../one-at-a-time.ts';
import type { LmdbEnvironment } from '../stores/lmdb-environment.ts';
import { ABOVE_TEXTS, BELOW_NUMBERS, keyText, nextTurn } from './lmdb-key.ts';

type PatientKey = [patient: string, toMs: number, id: string];
type AgeKey = [toMs: number, id: string];

/** So many insights are removed in one transaction. */
const STEP = 500;

/** Insights in LMDB, by id, by patient and by the end of their period. */
export class LmdbInsightStore {
  private readonly environment: LmdbEnvironment;
  private readonly byId: Database<Insight, string>;
  private readonly byPatient: Database<boolean, PatientKey>;
  private readonly byAge: Database<boolean, AgeKey>;
  private readonly writes = new OneAtATime();

  constructor(environment: LmdbEnvironment) {
    this.environment = environment;
    this.byId = environment.database('insights', { encoding: 'msgpack' });
    this.byPatient = environment.database('insights-by-patient', { encoding: 'msgpack' });
    this.byAge = environment.database('insights-by-age', { encoding: 'msgpack' });
  }

  save(insight: Insight): Promise<boolean> {
    return this.writes.run(async () => {
      const { id, patient, toMs } = insight;
      if (this.byId.get(keyText(id))) return false;
      await this.environment.batch((batch) => {
        batch.put(this.byId, id, insight);
        batch.put(this.byPatient, [keyText(patient), toMs, id], true);
        batch.put(this.byAge, [toMs, id], true);
      });
      return true;
    });
  }

  get(id: string): Insight | null {
    return this.byId.get(id) ?? null;
  }

  of(patient: string, fromMs: number, toMs: number, limit: number): Insight[] {
    const found: Insight[] = [];
    if (!(fromMs < toMs)) return found;
    const range = { start: [patient, fromMs], end: [patient, toMs], limit };
    for (const [, , id] of this.byPatient.getKeys(range)) {
      const insight = this.get(id);
      if (insight) found.push(insight);
    }
    return found;
  }

  /** Removes insights whose period ended at or before `endMs`, a step at a time. */
  async expire(endMs: number): Promise<void> {
    const old = { start: [BELOW_NUMBERS], end: [endMs, ABOVE_TEXTS], limit: STEP };
    for (;;) {
      if ([...this.byAge.getKeys({ ...old, limit: 1 })].length === 0) return;
      await this.writes.run(async () => {
        const keys = [...this.byAge.getKeys(old)];
        await this.environment.batch((batch) => {
          for (const key of keys) {
            const [toMs, id] = key;
            const insight = this.get(id);
            if (insight) batch.remove(this.byPatient, [insight.patient, toMs, id]);
            batch.remove(this.byId, id);
            batch.remove(this.byAge, key);
          }
        });
      });
      await nextTurn();
    }
  }
}
