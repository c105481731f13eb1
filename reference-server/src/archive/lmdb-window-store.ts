import type { WindowDocument } from '@gaitway/contract';
import type { Database } from 'lmdb';
import { OneAtATime } from '../one-at-a-time.ts';
import type { LmdbEnvironment } from '../stores/lmdb-environment.ts';
import type { SaveOutcome, WindowKey } from './archive.ts';
import { ABOVE_NUMBERS, BELOW_NUMBERS, keyText, nextTurn } from './lmdb-key.ts';
import { decodeWindow, encodeWindow } from './window-codec.ts';

type Key = [patient: string, startMs: number];

/** Before each document: epoch, revision, and its length in ms (u32 each). */
const PREFIX_BYTES = 12;
/** So many documents are removed in one transaction, and so many patients looked at without a pause. */
const STEP = 500;

/** Window documents in LMDB, by patient and start. */
export class LmdbWindowStore {
  private readonly environment: LmdbEnvironment;
  private readonly documents: Database<Buffer, Key>;
  private readonly writes = new OneAtATime();

  constructor(environment: LmdbEnvironment) {
    this.environment = environment;
    this.documents = environment.database('windows', { encoding: 'binary' });
  }

  save(windows: readonly WindowDocument[]): Promise<SaveOutcome[]> {
    if (windows.length === 0) return Promise.resolve([]);
    return this.writes.run(async () => {
      const outcomes: SaveOutcome[] = [];
      const changed = new Map<string, { key: Key; value: Buffer }>();
      for (const window of windows) {
        const key: Key = [keyText(window.patient), window.startMs];
        const name = key.join(' ');
        const stored = changed.get(name)?.value ?? this.documents.get(key);
        const storedEpoch = stored ? stored.readUInt32LE(0) : -1;
        outcomes.push(storedEpoch > window.epoch ? 'fenced' : 'saved');
        if (storedEpoch > window.epoch) continue;
        if (stored && storedEpoch === window.epoch && stored.readUInt32LE(4) >= window.revision) continue;
        changed.set(name, { key, value: storedOf(window) });
      }
      if (changed.size > 0) {
        await this.environment.batch((batch) => {
          for (const { key, value } of changed.values()) batch.put(this.documents, key, value);
        });
      }
      return outcomes;
    });
  }

  at(keys: readonly WindowKey[]): (WindowDocument | null)[] {
    return keys.map(({ patient, startMs }) => {
      const value = this.documents.get([patient, startMs]);
      return value ? documentOf(value) : null;
    });
  }

  of(patient: string, fromMs: number, toMs: number, limit: number): WindowDocument[] {
    const found: WindowDocument[] = [];
    if (!(fromMs < toMs)) return found;
    const range = { start: [patient, fromMs], end: [patient, toMs], limit };
    for (const { value } of this.documents.getRange(range)) found.push(documentOf(value));
    return found;
  }

  async *scan(fromMs: number, toMs: number, pageSize: number): AsyncIterable<WindowDocument[]> {
    let page: WindowDocument[] = [];
    for (let patient = this.patientAfter(null); patient !== null; patient = this.patientAfter(patient)) {
      let startMs = fromMs;
      for (;;) {
        const room = pageSize - page.length;
        const documents = this.of(patient, startMs, toMs, room);
        page.push(...documents);
        if (page.length === pageSize) {
          yield page;
          page = [];
          await nextTurn();
        }
        if (documents.length < room) break;
        startMs = documents.at(-1)!.startMs + 1;
      }
    }
    if (page.length > 0) yield page;
  }

  /** Removes documents that ended at or before `endMs`, a step at a time, so that other writes get their turn. */
  async expire(endMs: number): Promise<void> {
    let old: Key[] = [];
    let looked = 0;
    for (let patient = this.patientAfter(null); patient !== null; patient = this.patientAfter(patient)) {
      const range = { start: [patient, BELOW_NUMBERS], end: [patient, endMs] };
      for (const { key, value } of this.documents.getRange(range)) {
        if (key[1] + value.readUInt32LE(8) > endMs) break;
        old.push(key);
        if (old.length >= 100 * STEP) break;
      }
      looked += 1;
      if (old.length >= STEP || looked % STEP === 0) {
        await this.remove(old);
        old = [];
        await nextTurn();
      }
    }
    await this.remove(old);
  }

  private async remove(keys: readonly Key[]): Promise<void> {
    for (let at = 0; at < keys.length; at += STEP) {
      const step = keys.slice(at, at + STEP);
      await this.writes.run(() =>
        this.environment.batch((batch) => {
          for (const key of step) batch.remove(this.documents, key);
        }),
      );
    }
  }

  /** The next patient that has a document; a jump, however many documents lie between. */
  private patientAfter(patient: string | null): string | null {
    const range = patient === null ? { limit: 1 } : { start: [patient, ABOVE_NUMBERS], limit: 1 };
    for (const key of this.documents.getKeys(range)) return key[0];
    return null;
  }
}

function storedOf(window: WindowDocument): Buffer {
  const packed = encodeWindow(window);
  const value = Buffer.allocUnsafeSlow(PREFIX_BYTES + packed.length);
  value.writeUInt32LE(window.epoch, 0);
  value.writeUInt32LE(window.revision, 4);
  value.writeUInt32LE(window.endMs - window.startMs, 8);
  value.set(packed, PREFIX_BYTES);
  return value;
}

function documentOf(value: Buffer): WindowDocument {
  return decodeWindow(value.subarray(PREFIX_BYTES));
}
