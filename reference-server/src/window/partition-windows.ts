import {
  FEATURE_FIELDS,
  type FeatureValues,
  type Frame,
  FrameKind,
  isReading,
  readFrame,
  windowPhaseMs,
  windowStartMs,
} from '@gaitway/contract';
import { noteAfterFall } from '../alert/after-fall.ts';
import { FallWatch, type WatchedFall } from '../alert/fall-watch.ts';
import { mayFreeze } from '../alert/freeze-scores.ts';
import { FreezeWatch } from '../alert/freeze-watch.ts';
import { alertsOfEvent } from '../alert/rules.ts';
import { type Inference, OneModel } from '../infer/inference.ts';
import type { LogEntry, LogPosition, LogRecord, Progress } from '../ingest/reading-log.ts';
import { type DueWork, type LateWindow, noWork } from './due-work.ts';
import { EntryProgress } from './entry-progress.ts';
import { foldFrame, scoreFrame, type WindowStages } from './fold-frame.ts';
import { OpenWindow, openAt } from './open-window.ts';
import type { PartitionSettings } from './partition-settings.ts';
import { lastBucketEndMs, WindowsByEnd } from './windows-by-end.ts';

export interface FoldCounts {
  folded: number;
  repeated: number;
}

/** A patient with a window open; nothing is kept of the others, a late reading brings all that it takes. */
interface PatientState {
  phaseMs: number;
  open: OpenWindow[];
}

/**
 * The open windows of one partition: pure state, no I/O. Entries go in; what is due comes out.
 *
 * Event time is the end of the newest reading's slot, but never later than that reading was received at: one fast
 * device clock must not close the windows of others. When nothing is left to read, event time follows the clock,
 * so that the windows of silent devices close as well.
 *
 * A reading comes at the end of its slot, so a window waits one slot beyond its end: the longest that *its own*
 * readings name. What a device says of its slots decides about no other window that holds a reading. One that names
 * the longest slot there is does not hold the others open for a minute; one that names a short slot does not close them
 * before readings of longer slots can have come. The partition's frontier follows the shortest slot; a window behind
 * it that still waits for its own is `held`, and takes readings as before.
 *
 * A window without any reading is nobody's yet, and has no slot to wait for: the frontier passes it. Where slots of
 * several lengths are in one partition, a reading of a longer one that is the first of its window, and comes behind
 * the frontier, is late: it is kept, and its document is there a little later. The longest slot of each patient would
 * have to be kept for ever to know better.
 */
export class PartitionWindows {
  readonly partition: number;
  private readonly settings: PartitionSettings;
  private readonly stages: WindowStages;
  private readonly inference: Inference;
  private readonly patients = new Map<string, PatientState>();
  private readonly byEnd = new WindowsByEnd();
  private readonly values: FeatureValues = new Int32Array(FEATURE_FIELDS.length);
  private eventTimeMs = Number.NEGATIVE_INFINITY;
  /** No window that ends by then is opened any more: what comes for it is late, unless the window is held. */
  private frontierMs: number;
  /** In the order of their ends, within a bucket's length. */
  private held: OpenWindow[] = [];
  private slotMsLeast = Number.POSITIVE_INFINITY;
  private readonly entries: EntryProgress;
  private readPosition: LogPosition | null;
  private readonly falls = new FallWatch();
  private readonly freezes: FreezeWatch;
  private work = noWork();
  private lateByKey = new Map<string, LateWindow>();
  counts: FoldCounts = { folded: 0, repeated: 0 };
  openWindows = 0;
  /** Windows that begin before this may have a document by an earlier owner: all, until the tail is reached. */
  private ownFromMs = Number.POSITIVE_INFINITY;

  constructor(
    partition: number,
    settings: PartitionSettings,
    progress: Progress | null,
    stages: WindowStages,
    inference: Inference = new OneModel(),
  ) {
    this.inference = inference;
    this.partition = partition;
    this.settings = settings;
    this.stages = stages;
    this.readPosition = progress?.position ?? null;
    this.entries = new EntryProgress(this.readPosition);
    this.freezes = new FreezeWatch(this.entries);
    this.frontierMs = progress?.closedThroughMs ?? Number.NEGATIVE_INFINITY;
  }

  /** Patients with a window open. */
  get openPatients(): number {
    return this.patients.size;
  }

  /** The tail was reached: what comes now, no owner before has seen. */
  private get hasReadAll(): boolean {
    return Number.isFinite(this.ownFromMs);
  }

  /** Where reading goes on. */
  get after(): LogPosition | null {
    return this.readPosition;
  }

  fold(entry: LogEntry): void {
    const entryNumber = this.entries.begin(entry.position);
    this.readPosition = entry.position;
    if (entry.closeOpen) this.closeAll(entry.receivedAtMs);
    for (const record of entry.records) this.foldRecord(record, entry.receivedAtMs, entryNumber);
  }

  /** Moves event time on and takes what is due. `caughtUp`: the last read found nothing more. */
  takeDue(nowMs: number, caughtUp: boolean): DueWork {
    if (caughtUp) {
      this.ownFromMs = Math.min(this.ownFromMs, nowMs);
      // Before the first reading nobody knows how long slots are, and nothing is open that could be closed.
      if (Number.isFinite(this.slotMsLeast)) this.advance(nowMs - this.settings.idleGraceMs);
    }
    this.closeThrough(this.eventTimeMs - this.settings.allowedLatenessMs);
    this.settle(this.falls.expire(this.eventTimeMs));
    this.freezes.expire(this.eventTimeMs);
    const { work } = this;
    this.work = noWork();
    this.lateByKey = new Map();
    return work;
  }

  /** What may be committed once all that was taken is archived: before the first reading of the oldest open window. */
  progress(): Progress {
    return {
      position: this.entries.position(),
      closedThroughMs: Number.isFinite(this.frontierMs) ? this.closedThroughMs() : 0,
    };
  }

  /** Whoever takes over opens again what ends after this: a held window too, and with it what has closed beside it. */
  private closedThroughMs(): number {
    let throughMs = this.frontierMs;
    for (const { endMs } of this.held) throughMs = Math.min(throughMs, endMs - 1);
    return throughMs;
  }

  private foldRecord(record: LogRecord, receivedAtMs: number, entryNumber: number): void {
    const frame = readFrame(record.bytes);
    if (isReading(frame.kind)) this.foldReading(record, frame, receivedAtMs, entryNumber);
    else if (frame.kind === FrameKind.event) this.raise(record, frame, receivedAtMs, entryNumber);
  }

  /** Progress stays before an event until what it raised is settled: whoever takes over sees all of it again. */
  private raise(record: LogRecord, frame: Frame, receivedAtMs: number, entryNumber: number): void {
    for (const alert of alertsOfEvent(record, frame)) {
      // A frame that comes again is no other fall, and nobody need hear of it twice.
      if (!this.falls.add(alert, entryNumber, receivedAtMs)) continue;
      this.work.raised.push(alert);
      this.entries.hold(entryNumber);
    }
  }

  private settle(falls: readonly WatchedFall[]): void {
    for (const { entry, settled } of falls) {
      this.entries.release(entry);
      if (settled !== null) this.work.settled.push(settled);
    }
  }

  private foldReading(record: LogRecord, frame: Frame, receivedAtMs: number, entryNumber: number): void {
    const { settings } = this;
    const begun = this.stages.route.begin();
    const patient = this.patients.get(record.patient);
    const phaseMs = patient?.phaseMs ?? windowPhaseMs(record.patient, settings.window);
    const startMs = windowStartMs(frame.startMs, phaseMs, settings.window);
    const endMs = startMs + settings.window.windowMs;
    let window = patient ? openAt(patient.open, startMs) : undefined;
    if (!window) {
      if (endMs <= this.frontierMs) this.keepLate(record, frame, startMs, endMs);
      else {
        const rebuilt = startMs < this.ownFromMs;
        window = new OpenWindow(
          ...([record.patient, record.ward, startMs, endMs, entryNumber, rebuilt] as const),
          this.inference.modelsFor(record.patient, startMs),
        );
        this.keepOpen(window, phaseMs);
      }
    }
    this.stages.route.end(begun);
    const { model } = window?.models ?? this.inference.modelsFor(record.patient, startMs);
    if ((window === undefined || this.foldInto(window, record, frame)) && mayFreeze(model.file, frame)) {
      const scores =
        window?.newestSlot ??
        scoreFrame({ model }, record.bytes, frame, this.values, this.stages, this.inference);
      const { patient, ward } = record;
      const leg = { patient, ward, frame, scores, model: model.file, entry: entryNumber, receivedAtMs };
      this.work.raised.push(...this.freezes.note(leg));
    }
    if (this.falls.isWatched(record.patient)) {
      this.settle(noteAfterFall(this.falls, record, frame));
    }
    if (frame.slotMs < this.slotMsLeast) this.slotMsLeast = frame.slotMs;
    this.advance(Math.min(frame.startMs + frame.slotMs, receivedAtMs));
  }

  private foldInto(window: OpenWindow, record: LogRecord, frame: Frame): boolean {
    const folded = foldFrame(window, record.bytes, frame, this.values, this.stages, this.inference);
    if (folded) {
      this.counts.folded += 1;
      window.records?.push(record);
    } else this.counts.repeated += 1;
    return folded;
  }

  private keepOpen(window: OpenWindow, phaseMs: number): void {
    const patient = this.patients.get(window.patient);
    if (patient) patient.open.push(window);
    else this.patients.set(window.patient, { phaseMs, open: [window] });
    this.entries.hold(window.firstEntry);
    this.openWindows += 1;
    this.byEnd.add(window);
  }

  private keepLate(record: LogRecord, frame: Frame, startMs: number, endMs: number): void {
    const key = `${startMs}:${record.patient}`;
    let late = this.lateByKey.get(key);
    if (!late) {
      late = {
        patient: record.patient,
        ward: record.ward,
        startMs,
        endMs,
        frames: [],
        again: !this.hasReadAll,
      };
      this.lateByKey.set(key, late);
      this.work.late.push(late);
    }
    late.frames.push({ record, frame });
  }

  private advance(toMs: number): void {
    if (toMs > this.eventTimeMs) this.eventTimeMs = toMs;
  }

  /**
   * Closes what ended, and whose slot after it ended, by `toMs`. The frontier moves in whole buckets while windows
   * are open: one that ends within a bucket waits for its end, and until then takes readings.
   */
  private closeThrough(toMs: number): void {
    const frontierToMs = toMs - this.slotMsLeast;
    if (frontierToMs > this.frontierMs) {
      if (this.byEnd.isEmpty) this.frontierMs = frontierToMs;
      else {
        const frontierMs = Math.max(this.frontierMs, lastBucketEndMs(frontierToMs));
        for (const window of this.byEnd.take(this.frontierMs, frontierMs)) this.held.push(window);
        this.frontierMs = frontierMs;
      }
    }
    if (this.held.length > 0) this.closeHeld(toMs);
  }

  private closeHeld(toMs: number): void {
    const waiting: OpenWindow[] = [];
    for (const window of this.held) {
      if (window.endMs + window.slotMsMax <= toMs) this.close(window, true);
      else waiting.push(window);
    }
    this.held = waiting;
  }

  /** The server was told to close what is open: nothing that comes later may open these windows again. */
  private closeAll(receivedAtMs: number): void {
    let lastEndMs = this.frontierMs;
    const { held } = this;
    this.held = [];
    this.settle(this.falls.clear());
    this.freezes.clear();
    for (const window of [...held, ...this.byEnd.takeAll()]) {
      if (window.endMs > lastEndMs) lastEndMs = window.endMs;
      this.close(window, window.endMs + window.slotMsMax <= receivedAtMs);
    }
    this.frontierMs = lastEndMs;
  }

  private close(window: OpenWindow, complete: boolean): void {
    const patient = this.patients.get(window.patient)!;
    patient.open.splice(patient.open.indexOf(window), 1);
    if (patient.open.length === 0) this.patients.delete(window.patient);
    this.entries.release(window.firstEntry);
    this.openWindows -= 1;
    this.work.closed.push({ window, complete });
  }
}
