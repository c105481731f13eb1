import type { Clock, WindowDocument } from '@gaitway/contract';
import type { AnyBulkWriteOperation, Collection, Filter } from 'mongodb';
import type { MongoCollections } from '../stores/mongo-collections.ts';
import type { SaveOutcome, WindowKey } from './archive.ts';
import { writeUnordered } from './mongo-bulk.ts';
import { expireBy, roundsOfDistinct } from './mongo-filters.ts';

interface StoredWindow extends WindowDocument {
  /** Patient and start, so that the same window is the same document whoever writes it; also the shard key. */
  _id: string;
  expiresAt: Date;
}

/** Milliseconds since 1970 need thirteen digits until the year 2286. */
const START_DIGITS = 15;
/** So many windows are asked for at once in a scan: some 30 MB. */
const SCAN_RANGE_WINDOWS = 8000;
/** Names in one answer. */
const NAMES_BATCH = 10_000;
/** How often a document that others write at the same moment is looked at again. */
const RACES_MAX = 5;

/** The window documents in MongoDB. */
export class MongoWindows {
  private readonly collection: Collection<StoredWindow>;
  private readonly retentionMs: number;
  private readonly clock: Clock;

  constructor(collections: MongoCollections, retentionMs: number, clock: Clock) {
    this.collection = collections.of('windows');
    this.retentionMs = retentionMs;
    this.clock = clock;
  }

  async createIndexes(): Promise<void> {
    await this.collection.createIndex({ patient: 1, startMs: 1 });
    await expireBy(this.collection);
  }

  async save(windows: readonly WindowDocument[]): Promise<SaveOutcome[]> {
    const outcomes = windows.map((): SaveOutcome => 'saved');
    for (const round of roundsOfDistinct(windows, idOf)) {
      for (const index of await this.saveDistinct(windows, round)) outcomes[index] = 'fenced';
    }
    return outcomes;
  }

  /**
   * Saves these of the windows, and returns those that are fenced. Nearly all are new, so all are inserted
   * first; only what meets a document of its `_id` is looked at, and replaced where that one is older. The
   * filter of the replacement says so once more: between the look and the replacement, others may write.
   */
  private async saveDistinct(
    windows: readonly WindowDocument[],
    members: readonly number[],
  ): Promise<number[]> {
    const fenced: number[] = [];
    let met = await this.insert(windows, members);
    for (let race = 0; race < RACES_MAX; race++) {
      if (met.length === 0) return fenced;
      const stored = await this.versionsOf(met.map((index) => windows[index]!));
      const gone: number[] = [];
      const older: number[] = [];
      for (const index of met) {
        const { epoch, revision } = windows[index]!;
        const there = stored.get(idOf(windows[index]!));
        if (!there) gone.push(index);
        else if (there.epoch > epoch) fenced.push(index);
        else if (there.epoch < epoch || there.revision < revision) older.push(index);
      }
      await writeUnordered(
        this.collection,
        older.map((index) => this.replacing(windows[index]!)),
        this.clock,
      );
      // What was replaced is looked at once more, to see whether the replacement was in time.
      met = [...older, ...(await this.insert(windows, gone))];
    }
    throw new Error(`${met.length} window documents changed again and again while they were saved`);
  }

  /** Returns those of the members that met a document of the same `_id`. */
  private async insert(windows: readonly WindowDocument[], members: readonly number[]): Promise<number[]> {
    const operations = members.map((index) => ({ insertOne: { document: this.stored(windows[index]!) } }));
    return (await writeUnordered(this.collection, operations, this.clock)).map((at) => members[at]!);
  }

  private replacing(window: WindowDocument): AnyBulkWriteOperation<StoredWindow> {
    const { epoch, revision } = window;
    const older: Filter<StoredWindow>[] = [{ epoch: { $lt: epoch } }, { epoch, revision: { $lt: revision } }];
    return { replaceOne: { filter: { _id: idOf(window), $or: older }, replacement: this.stored(window) } };
  }

  private stored(window: WindowDocument): StoredWindow {
    return { _id: idOf(window), ...window, expiresAt: new Date(window.endMs + this.retentionMs) };
  }

  private async versionsOf(
    keys: readonly WindowKey[],
  ): Promise<Map<string, Pick<StoredWindow, 'epoch' | 'revision'>>> {
    const found = await this.collection
      .find({ _id: { $in: keys.map(idOf) } }, { projection: { epoch: 1, revision: 1 } })
      .toArray();
    return new Map(found.map(({ _id, epoch, revision }) => [_id, { epoch, revision }]));
  }

  async at(keys: readonly WindowKey[]): Promise<(WindowDocument | null)[]> {
    if (keys.length === 0) return [];
    const found = await this.collection.find({ _id: { $in: keys.map(idOf) } }).toArray();
    const byId = new Map(found.map((stored) => [stored._id, windowOf(stored)]));
    return keys.map((key) => byId.get(idOf(key)) ?? null);
  }

  async of(patient: string, fromMs: number, toMs: number, limit: number): Promise<WindowDocument[]> {
    const found = await this.collection
      .find({ patient, startMs: { $gte: fromMs, $lt: toMs } })
      .sort({ startMs: 1 })
      .limit(limit)
      .toArray();
    return found.map(windowOf);
  }

  /**
   * In ranges of patients, each a question of its own: what a server holds for one is bounded, also of a server
   * that sorts without an index or keeps a whole answer in memory, and a lost connection costs one range.
   */
  async *scan(fromMs: number, toMs: number, pageSize: number): AsyncIterable<WindowDocument[]> {
    const startMs = { $gte: fromMs, $lt: toMs };
    let page: WindowDocument[] = [];
    for (const patient of patientRanges(await this.windowsByPatient(fromMs, toMs))) {
      const cursor = this.collection
        .find({ patient, startMs })
        .sort({ patient: 1, startMs: 1 })
        .batchSize(pageSize);
      for await (const stored of cursor) {
        page.push(windowOf(stored));
        if (page.length < pageSize) continue;
        yield page;
        page = [];
      }
    }
    if (page.length > 0) yield page;
  }

  /**
   * How many windows each patient has. Not by `distinct` or `$group`, for which a simple server collects whole
   * documents: names alone, answered from the index, are small wherever they are held.
   */
  private async windowsByPatient(fromMs: number, toMs: number): Promise<Map<string, number>> {
    const names = this.collection
      .find({ patient: { $gt: '' }, startMs: { $gte: fromMs, $lt: toMs } })
      .project<{ patient: string }>({ _id: 0, patient: 1 })
      .batchSize(NAMES_BATCH);
    const counts = new Map<string, number>();
    for await (const { patient } of names) counts.set(patient, 1 + (counts.get(patient) ?? 0));
    return counts;
  }
}

/**
 * Ranges of patients with at most `SCAN_RANGE_WINDOWS` windows each, but for one patient who alone has more. They
 * have no gaps, so that somebody who comes meanwhile is in one of them.
 */
function patientRanges(windowsByPatient: ReadonlyMap<string, number>): { $gt: string; $lte?: string }[] {
  // MongoDB compares the bytes of texts; JavaScript would compare units of UTF-16.
  const byBytes = [...windowsByPatient.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const ranges: { $gt: string; $lte?: string }[] = [];
  let after = '';
  let last = '';
  let windows = 0;
  for (const patient of byBytes) {
    const more = windowsByPatient.get(patient)!;
    if (windows > 0 && windows + more > SCAN_RANGE_WINDOWS) {
      ranges.push({ $gt: after, $lte: last });
      after = last;
      windows = 0;
    }
    windows += more;
    last = patient;
  }
  return [...ranges, { $gt: after }];
}

function idOf({ patient, startMs }: WindowKey): string {
  return `${patient}:${String(startMs).padStart(START_DIGITS, '0')}`;
}

function windowOf({ _id, expiresAt, ...window }: StoredWindow): WindowDocument {
  return window;
}
