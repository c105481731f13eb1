import { type Alert, type Clock, FEATURE_FIELDS, type WindowDocument } from '@gaitway/contract';
import { alertsOfWindow } from '../alert/rules.ts';
import type { Archive } from '../archive/archive.ts';
import type { FanOut } from '../fanout/fan-out.ts';
import { assessmentUpdate, windowUpdate } from '../fanout/window-updates.ts';
import type { StageTimer } from '../observe/stage-timer.ts';
import { IdentitySet } from './identity-set.ts';
import { amendWindow, OpenWindow } from './open-window.ts';
import { type DueWork, foldFrame, type LateWindow, type WindowStages } from './partition-windows.ts';
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
}

export interface DocumentWriterDeps {
  archive: Archive;
  fanOut: FanOut;
  clock: Clock;
  stages: StageTimer;
  warn(says: string): void;
}

/** Thrown out of a retry when the processor is told to stop: what was not archived is still in the log. */
export class WriterStopped extends Error {
  override name = 'WriterStopped';
}

/** Turns what is due into documents, archives them, and tells those who watch. */
export class DocumentWriter {
  readonly stages: WindowStages;
  private readonly deps: DocumentWriterDeps;
  private readonly meters: ProcessorMeters;
  private readonly values = new Int32Array(FEATURE_FIELDS.length);
  /** Set when the processor stops: a store that cannot be reached must not hold it up for ever. */
  stopping = false;

  constructor(deps: DocumentWriterDeps, meters: ProcessorMeters) {
    this.deps = deps;
    this.meters = meters;
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
    const nowMs = this.deps.clock.epochMs();
    const documents: Written[] = [];
    const rebuilt: Written[] = [];
    for (const { partition, epoch, work } of due) {
      for (const { window, complete } of work.closed) {
        const begun = this.stages.close.begin();
        const document = window.close(epoch, complete, nowMs, 0);
        (window.rebuilt ? rebuilt : documents).push({ partition, document });
        this.stages.close.end(begun);
        (complete ? this.meters.closedComplete : this.meters.closedPartial).add();
      }
    }
    documents.push(...(await this.notYetArchived(rebuilt)));
    const fenced = await this.save(documents);
    // Late readings go last: their window may be one of those that were closed just now.
    const late = due.flatMap(({ partition, epoch, work }) =>
      work.late.map((window) => ({ partition, epoch, window })),
    );
    for (const partition of await this.save(await this.amended(late, nowMs))) fenced.add(partition);
    return fenced;
  }

  /** Saves alerts; the ones that are new are counted and published. */
  async raise(alerts: readonly Alert[]): Promise<void> {
    if (alerts.length === 0) return;
    const raised = await this.persist(() => this.deps.archive.saveAlerts(alerts));
    for (const alert of raised) {
      this.meters.alertRaised(alert.severity);
      this.deps.fanOut.publish({ kind: 'alert', patient: alert.patient, ward: alert.ward, alert });
    }
  }

  /**
   * A new owner repeats what the one before it had read. Documents that are there with the same content
   * stay as they are; one that differs is replaced as a later revision, never as an earlier one.
   */
  private async notYetArchived(rebuilt: Written[]): Promise<Written[]> {
    if (rebuilt.length === 0) return rebuilt;
    const stored = await this.persist(() =>
      this.deps.archive.windowsAt(rebuilt.map(({ document }) => document)),
    );
    const fresh: Written[] = [];
    for (let i = 0; i < rebuilt.length; i++) {
      const { partition, document } = rebuilt[i]!;
      const there = stored[i];
      if (there && there.digest === document.digest && there.readings === document.readings) continue;
      fresh.push({ partition, document: there ? { ...document, revision: there.revision + 1 } : document });
    }
    return fresh;
  }

  private async amended(
    late: readonly { partition: number; epoch: number; window: LateWindow }[],
    nowMs: number,
  ): Promise<Written[]> {
    if (late.length === 0) return [];
    const stored = await this.persist(() => this.deps.archive.windowsAt(late.map(({ window }) => window)));
    const documents: Written[] = [];
    for (let i = 0; i < late.length; i++) {
      const { partition, epoch, window } = late[i]!;
      const document = this.documentWith(stored[i] ?? null, window, epoch, nowMs);
      if (document) documents.push({ partition, document });
    }
    return documents;
  }

  /** The stored document with what came late; `undefined` when all of it was there already. */
  private documentWith(
    stored: WindowDocument | null,
    late: LateWindow,
    epoch: number,
    nowMs: number,
  ): WindowDocument | undefined {
    const known = new IdentitySet(stored?.identities);
    const added = new OpenWindow(late.patient, late.ward, late.startMs, late.endMs, 0, false);
    for (const { record, frame } of late.frames) {
      if (known.has(frame.device, frame.boot, frame.seq) || added.has(frame)) {
        this.meters.repeated.add();
        continue;
      }
      foldFrame(added, record.bytes, frame, this.values, this.stages);
      this.meters.late.add();
      this.meters.folded.add();
    }
    if (added.readings === 0) return undefined;
    const document = added.close(epoch, true, nowMs, added.readings);
    return stored ? amendWindow(stored, document, epoch) : document;
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
      await this.raise(saved.flatMap(({ document }) => alertsOfWindow(document)));
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
