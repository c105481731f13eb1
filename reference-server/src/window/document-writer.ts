import { type Alert, type Clock, FEATURE_FIELDS, readFrame, type WindowDocument } from '@gaitway/contract';
import { WindowEpisodes } from '../alert/window-episodes.ts';
import type { Archive } from '../archive/archive.ts';
import type { FanOut } from '../fanout/fan-out.ts';
import { assessmentUpdate, windowUpdate } from '../fanout/window-updates.ts';
import { type Inference, OneModel } from '../infer/inference.ts';
import type { LogRecord } from '../ingest/reading-log.ts';
import type { StageTimer } from '../observe/stage-timer.ts';
import type { DueWork, LateWindow } from './due-work.ts';
import { foldFrame, type WindowStages } from './fold-frame.ts';
import { IdentitySet } from './identity-set.ts';
import { amendWindow, OpenWindow } from './open-window.ts';
import type { ProcessorMeters } from './processor-meters.ts';

/** Documents in one bulk write: bounded, so that one write never holds everything up. */
const BULK_MAX = 500;
const RETRY_MS = { first: 100, most: 5000 };

/** What one partition has to be archived, and the epoch under which it may be. */
export interface PartitionWork {
  partition: number;
  epoch: number;
  work: DueWork;
}

interface Written {
  partition: number;
  document: WindowDocument;
  /** An owner before may have archived it, or what it was made of, and have come no further. */
  again: boolean;
}

/** A document that may be there already, and the readings in it. */
interface Rebuilt extends Omit<Written, 'again'> {
  records: readonly LogRecord[];
}

export interface DocumentWriterDeps {
  archive: Archive;
  fanOut: FanOut;
  clock: Clock;
  stages: StageTimer;
  /** Left out: the built-in model speaks of everybody. */
  inference?: Inference;
  warn(says: string): void;
}

/** Thrown out of a retry when the processor is told to stop: what was not archived is still in the log. */
export class WriterStopped extends Error {
  override name = 'WriterStopped';
}

/** Turns what is due into documents, archives them, and tells those who watch. */
export class DocumentWriter {
  readonly stages: WindowStages;
  readonly inference: Inference;
  private readonly deps: DocumentWriterDeps;
  private readonly meters: ProcessorMeters;
  private readonly episodes: WindowEpisodes;
  private readonly values = new Int32Array(FEATURE_FIELDS.length);
  /** Set when the processor stops: a store that cannot be reached must not hold it up for ever. */
  stopping = false;

  constructor(deps: DocumentWriterDeps, meters: ProcessorMeters) {
    this.deps = deps;
    this.meters = meters;
    this.inference = deps.inference ?? new OneModel();
    this.episodes = new WindowEpisodes(
      deps.archive,
      ({ assessment, patient, startMs }) =>
        this.inference.modelsOf(assessment.model, patient, startMs).model.file,
    );
    this.stages = {
      route: deps.stages.stage('route'),
      infer: deps.stages.stage('infer'),
      fold: deps.stages.stage('fold'),
      close: deps.stages.stage('close'),
    };
  }

  /**
   * Archives what is due in several partitions, in as few bulk writes as may be. Returns the partitions
   * that a higher epoch owns by now: they must be let go.
   */
  async write(due: readonly PartitionWork[]): Promise<Set<number>> {
    await this.raiseEvents(due);
    const nowMs = this.deps.clock.epochMs();
    const documents: Written[] = [];
    const rebuilt: Rebuilt[] = [];
    for (const { partition, epoch, work } of due) {
      for (const { window, complete } of work.closed) {
        const begun = this.stages.close.begin();
        const document = window.close(epoch, complete, nowMs, 0);
        this.inference.closed(window.models, document);
        if (window.records) rebuilt.push({ partition, document, records: window.records });
        else documents.push({ partition, document, again: false });
        this.stages.close.end(begun);
        (complete ? this.meters.closedComplete : this.meters.closedPartial).add();
      }
    }
    documents.push(...(await this.notYetArchived(rebuilt, nowMs)));
    const fenced = await this.save(documents);
    // Late readings go last: their window may be one of those that were closed just now.
    const late = due.flatMap(({ partition, epoch, work }) =>
      work.late.map((window) => ({ partition, epoch, window })),
    );
    for (const partition of await this.save(await this.amended(late, nowMs))) fenced.add(partition);
    return fenced;
  }

  /**
   * What events raise and readings settle goes before any window: it cannot wait for a slow archive of documents. Raised
   * first, so that nobody hears of the end of what they never heard of.
   */
  private async raiseEvents(due: readonly PartitionWork[]): Promise<void> {
    await this.raise(
      due.flatMap(({ work }) => work.raised),
      true,
    );
    await this.raise(
      due.flatMap(({ work }) => work.settled),
      true,
    );
  }

  /**
   * Saves alerts; those that changed are counted and published. `again`: another owner may have saved some of them and
   * told nobody, so what did not change is published as it is stored. Viewers know an alert by its id and state. Of an
   * event that is always so: this owner names it once, and whoever saved it before may have died, even after it lost the lease.
   */
  private async raise(alerts: readonly Alert[], again: boolean): Promise<void> {
    if (alerts.length === 0) return;
    const changed = await this.persist(() => this.deps.archive.saveAlerts(alerts));
    for (const alert of changed) {
      this.meters.alertChanged(alert);
      this.tell(alert);
    }
    if (!again) return;
    const known = new Set(changed.map(({ id }) => id));
    for (const { id } of alerts) {
      if (known.has(id)) continue;
      known.add(id);
      const stored = await this.persist(() => this.deps.archive.alert(id));
      if (stored) this.tell(stored);
    }
  }

  private async raiseOf(written: readonly Written[]): Promise<void> {
    for (const isAgain of [true, false]) {
      const documents = written.filter(({ again }) => again === isAgain).map(({ document }) => document);
      await this.raise(await this.persist(() => this.episodes.alertsOf(documents)), isAgain);
    }
  }

  private tell(alert: Alert): void {
    this.deps.fanOut.publish({ kind: 'alert', patient: alert.patient, ward: alert.ward, alert });
  }

  /**
   * A new owner repeats what the one before it had read, but not always all of it: readings expire before
   * the documents that they are in, and a server that ran with the cache on and then off has two logs. So no
   * document is replaced by what was rebuilt: it gets the readings that it does not hold, if there are any.
   * Its alerts are raised once more: the owner before may have got no further than the document.
   */
  private async notYetArchived(rebuilt: readonly Rebuilt[], nowMs: number): Promise<Written[]> {
    if (rebuilt.length === 0) return [];
    const stored = await this.persist(() =>
      this.deps.archive.windowsAt(rebuilt.map(({ document }) => document)),
    );
    const fresh: Written[] = [];
    const whole: Written[] = [];
    for (const [i, { partition, document, records }] of rebuilt.entries()) {
      const there = stored[i];
      if (!there) {
        fresh.push({ partition, document, again: true });
        continue;
      }
      const frames = records.map((record) => ({ record, frame: readFrame(record.bytes) }));
      const added = this.unknownOf({ ...document, frames }, there);
      if (added.readings === 0) whole.push({ partition, document: there, again: true });
      else
        fresh.push({ partition, document: documentWith(there, added, document.epoch, nowMs), again: true });
    }
    await this.raiseOf(whole);
    return fresh;
  }

  /**
   * The documents that late readings change. Of those that hold all of them already the alerts are raised once more, as of
   * {@link notYetArchived}.
   */
  private async amended(
    late: readonly { partition: number; epoch: number; window: LateWindow }[],
    nowMs: number,
  ): Promise<Written[]> {
    if (late.length === 0) return [];
    const stored = await this.persist(() => this.deps.archive.windowsAt(late.map(({ window }) => window)));
    const documents: Written[] = [];
    const whole: Written[] = [];
    for (const [i, { partition, epoch, window }] of late.entries()) {
      const there = stored[i] ?? null;
      const added = this.unknownOf(window, there);
      this.meters.repeated.add(window.frames.length - added.readings);
      this.meters.late.add(added.readings);
      this.meters.folded.add(added.readings);
      const { again } = window;
      if (added.readings > 0)
        documents.push({ partition, document: documentWith(there, added, epoch, nowMs), again });
      else if (there) whole.push({ partition, document: there, again });
    }
    await this.raiseOf(whole);
    return documents;
  }

  /** Those of the readings that the stored document does not hold. */
  private unknownOf(window: Omit<LateWindow, 'again'>, stored: WindowDocument | null): OpenWindow {
    const known = new IdentitySet(stored?.identities);
    const { patient, ward, startMs, endMs } = window;
    const models = stored
      ? this.inference.modelsOf(stored.assessment.model, patient, startMs)
      : this.inference.modelsFor(patient, startMs);
    const unknown = new OpenWindow(patient, ward, startMs, endMs, 0, false, models);
    for (const { record, frame } of window.frames) {
      if (known.has(frame.device, frame.boot, frame.seq)) continue;
      foldFrame(unknown, record.bytes, frame, this.values, this.stages, this.inference);
    }
    return unknown;
  }

  private async save(documents: readonly Written[]): Promise<Set<number>> {
    const fenced = new Set<number>();
    for (let from = 0; from < documents.length; from += BULK_MAX) {
      const bulk = documents.slice(from, from + BULK_MAX);
      const startedAtMs = this.deps.clock.monotonicMs();
      const outcomes = await this.persist(() =>
        this.deps.archive.saveWindows(bulk.map(({ document }) => document)),
      );
      this.meters.writeDuration.record((this.deps.clock.monotonicMs() - startedAtMs) / 1000);
      const saved = bulk.filter((_, i) => outcomes[i] === 'saved');
      for (const [i, { partition }] of bulk.entries()) if (outcomes[i] === 'fenced') fenced.add(partition);
      this.meters.fenced.add(bulk.length - saved.length);
      for (const { document } of saved) this.publish(document);
      await this.raiseOf(saved);
    }
    return fenced;
  }

  private publish(document: WindowDocument): void {
    const { patient, ward } = document;
    if (!this.deps.fanOut.isWatched(patient, ward)) return;
    this.deps.fanOut.publish({ kind: 'window', patient, ward, window: windowUpdate(document) });
    this.deps.fanOut.publish({ kind: 'assessment', patient, ward, assessment: assessmentUpdate(document) });
  }

  /** Tries until it succeeds: what was acknowledged has to get there, and the log keeps it meanwhile. */
  private async persist<T>(attempt: () => Promise<T>): Promise<T> {
    for (let delayMs = RETRY_MS.first; ; delayMs = Math.min(2 * delayMs, RETRY_MS.most)) {
      try {
        return await attempt();
      } catch (error) {
        if (this.stopping)
          throw new WriterStopped('stopped while the archive could not be reached', { cause: error });
        this.meters.retries.add();
        this.deps.warn(
          `archive: ${error instanceof Error ? error.message : String(error)}; tried again in ${delayMs} ms`,
        );
        await new Promise<void>((resolve) => this.deps.clock.setTimer(delayMs, resolve));
      }
    }
  }
}

/** The stored document and what came late, as its next revision; a document of its own where none is stored. */
function documentWith(
  stored: WindowDocument | null,
  added: OpenWindow,
  epoch: number,
  nowMs: number,
): WindowDocument {
  const document = added.close(epoch, true, nowMs, added.readings);
  return stored ? amendWindow(stored, document, epoch, added.models.model) : document;
}
