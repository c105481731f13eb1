import {
  FEATURE_FIELDS,
  type FeatureValues,
  type Frame,
  FrameKind,
  frameHash,
  frameHashHigh,
  HEADER_BYTES,
  isReading,
  readFeatures,
  readFrame,
  type WindowSettings,
  windowPhaseMs,
  windowStartMs,
} from '@gaitway/contract';
import { slotScores } from '../infer/assess.ts';
import type { SlotScores } from '../infer/model.ts';
import type { LogEntry, LogPosition, LogRecord, Progress } from '../ingest/reading-log.ts';
import type { Stage } from '../observe/stage-timer.ts';
import { OpenWindow } from './open-window.ts';
import { lastBucketEndMs, WindowsByEnd } from './windows-by-end.ts';

/** A frame that came after its window had closed. */
export interface LateFrame {
  record: LogRecord;
  frame: Frame;
}

/** Late frames of one window, to be put into its document together. */
export interface LateWindow {
  patient: string;
  ward: string;
  startMs: number;
  endMs: number;
  frames: LateFrame[];
}

/** What a partition has to be archived after some entries were folded. */
export interface DueWork {
  closed: { window: OpenWindow; complete: boolean }[];
  late: LateWindow[];
  events: LateFrame[];
}

export interface PartitionSettings {
  window: WindowSettings;
  allowedLatenessMs: number;
  /** With nothing left to read, event time follows the clock at this distance. */
  idleGraceMs: number;
}

export interface FoldCounts {
  folded: number;
  repeated: number;
}

/** What the window stage is timed as; none lies inside another. */
export interface WindowStages {
  route: Stage;
  infer: Stage;
  fold: Stage;
  close: Stage;
}

/** A patient with a window open; nothing is kept of the others, a late reading brings all that it takes. */
interface PatientState {
  phaseMs: number;
  open: OpenWindow[];
}

/**
 * The open windows of one partition: pure state, no I/O. Entries go in; what is due comes out.
 *
 * Event time is the start of the newest reading, but never later than that reading can have been under
 * way at (`receivedAt - slot`): one fast device clock must not close the windows of others. When nothing
 * is left to read, event time follows the clock, so that the windows of silent devices close as well.
 */
export class PartitionWindows {
  readonly partition: number;
  private readonly settings: PartitionSettings;
  private readonly stages: WindowStages;
  private readonly patients = new Map<string, PatientState>();
  private readonly byEnd = new WindowsByEnd();
  private readonly values: FeatureValues = new Int32Array(FEATURE_FIELDS.length);
  private eventTimeMs: number;
  private frontierMs: number;
  private slotMsMax = 0;
  /** Positions of entries from `positionsFrom` on; an entry's number counts from the start of this object. */
  private positions: LogPosition[] = [];
  private positionsFrom = 0;
  /** Of each of these entries: how many windows that it opened are still open. */
  private openedBy: number[] = [];
  private committed: LogPosition | null;
  private readPosition: LogPosition | null;
  private work: DueWork = { closed: [], late: [], events: [] };
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
  ) {
    this.partition = partition;
    this.settings = settings;
    this.stages = stages;
    this.committed = progress?.position ?? null;
    this.readPosition = this.committed;
    this.frontierMs = progress?.closedThroughMs ?? Number.NEGATIVE_INFINITY;
    this.eventTimeMs = this.frontierMs + settings.allowedLatenessMs;
  }

  /** Patients with a window open. */
  get openPatients(): number {
    return this.patients.size;
  }

  /** Where reading goes on. */
  get after(): LogPosition | null {
    return this.readPosition;
  }

  fold(entry: LogEntry): void {
    const entryNumber = this.positionsFrom + this.positions.length;
    this.positions.push(entry.position);
    this.openedBy.push(0);
    this.readPosition = entry.position;
    if (entry.closeOpen) this.closeAll(entry.receivedAtMs);
    for (const record of entry.records) this.foldRecord(record, entry.receivedAtMs, entryNumber);
  }

  /** Moves event time on and takes what is due. `caughtUp`: the last read found nothing more. */
  takeDue(nowMs: number, caughtUp: boolean): DueWork {
    if (caughtUp) {
      this.ownFromMs = Math.min(this.ownFromMs, nowMs);
      // Before the first reading nobody knows how long slots are, and nothing is open that could be closed.
      if (this.slotMsMax > 0) this.advance(nowMs - this.slotMsMax - this.settings.idleGraceMs);
    }
    this.closeThrough(this.eventTimeMs - this.settings.allowedLatenessMs);
    const { work } = this;
    this.work = { closed: [], late: [], events: [] };
    this.lateByKey = new Map();
    return work;
  }

  /** What may be committed once all that was taken is archived: before the first reading of the oldest open window. */
  progress(): Progress {
    // Entry by entry, not patient by patient: a commit costs what became safe since the last one.
    let drop = 0;
    while (this.openedBy[drop] === 0) drop += 1;
    if (drop > 0) {
      this.committed = this.positions[drop - 1]!;
      this.positions.splice(0, drop);
      this.openedBy.splice(0, drop);
      this.positionsFrom += drop;
    }
    return {
      position: this.committed,
      closedThroughMs: Number.isFinite(this.frontierMs) ? this.frontierMs : 0,
    };
  }

  private foldRecord(record: LogRecord, receivedAtMs: number, entryNumber: number): void {
    const frame = readFrame(record.bytes);
    if (isReading(frame.kind)) this.foldReading(record, frame, receivedAtMs, entryNumber);
    else if (frame.kind === FrameKind.event) this.work.events.push({ record, frame });
  }

  private foldReading(record: LogRecord, frame: Frame, receivedAtMs: number, entryNumber: number): void {
    const { settings } = this;
    const begun = this.stages.route.begin();
    const patient = this.patients.get(record.patient);
    const phaseMs = patient?.phaseMs ?? windowPhaseMs(record.patient, settings.window);
    const startMs = windowStartMs(frame.startMs, phaseMs, settings.window);
    const endMs = startMs + settings.window.windowMs;
    let window: OpenWindow | undefined;
    if (endMs <= this.frontierMs) this.keepLate(record, frame, startMs, endMs);
    else {
      if (patient) window = openAt(patient.open, startMs);
      if (!window) {
        const rebuilt = startMs < this.ownFromMs;
        window = new OpenWindow(record.patient, record.ward, startMs, endMs, entryNumber, rebuilt);
        this.keepOpen(window, phaseMs);
      }
    }
    this.stages.route.end(begun);
    if (window) this.foldInto(window, record, frame);
    if (frame.slotMs > this.slotMsMax) this.slotMsMax = frame.slotMs;
    this.advance(Math.min(frame.startMs, receivedAtMs - frame.slotMs));
  }

  private foldInto(window: OpenWindow, record: LogRecord, frame: Frame): void {
    if (foldFrame(window, record.bytes, frame, this.values, this.stages)) {
      this.counts.folded += 1;
      window.records?.push(record);
    } else this.counts.repeated += 1;
  }

  private keepOpen(window: OpenWindow, phaseMs: number): void {
    const patient = this.patients.get(window.patient);
    if (patient) patient.open.push(window);
    else this.patients.set(window.patient, { phaseMs, open: [window] });
    this.openedBy[window.firstEntry - this.positionsFrom]! += 1;
    this.openWindows += 1;
    this.byEnd.add(window);
  }

  private keepLate(record: LogRecord, frame: Frame, startMs: number, endMs: number): void {
    const key = `${startMs}:${record.patient}`;
    let late = this.lateByKey.get(key);
    if (!late) {
      late = { patient: record.patient, ward: record.ward, startMs, endMs, frames: [] };
      this.lateByKey.set(key, late);
      this.work.late.push(late);
    }
    late.frames.push({ record, frame });
  }

  private advance(toMs: number): void {
    if (toMs > this.eventTimeMs) this.eventTimeMs = toMs;
  }

  /**
   * Closes what ended by `toMs`. The frontier moves in whole buckets while windows are open: one that ends
   * within a bucket waits for its end, and until then takes readings.
   */
  private closeThrough(toMs: number): void {
    if (!(toMs > this.frontierMs)) return;
    if (this.byEnd.isEmpty) {
      this.frontierMs = toMs;
      return;
    }
    const frontierMs = Math.max(this.frontierMs, lastBucketEndMs(toMs));
    for (const window of this.byEnd.take(this.frontierMs, frontierMs)) this.close(window, true);
    this.frontierMs = frontierMs;
  }

  /** The server was told to close what is open: nothing that comes later may open these windows again. */
  private closeAll(receivedAtMs: number): void {
    let lastEndMs = this.frontierMs;
    for (const window of this.byEnd.takeAll()) {
      if (window.endMs > lastEndMs) lastEndMs = window.endMs;
      this.close(window, window.endMs + this.slotMsMax <= receivedAtMs);
    }
    this.frontierMs = lastEndMs;
    this.advance(lastEndMs + this.settings.allowedLatenessMs);
  }

  private close(window: OpenWindow, complete: boolean): void {
    const patient = this.patients.get(window.patient)!;
    patient.open.splice(patient.open.indexOf(window), 1);
    if (patient.open.length === 0) this.patients.delete(window.patient);
    this.openedBy[window.firstEntry - this.positionsFrom]! -= 1;
    this.openWindows -= 1;
    this.work.closed.push({ window, complete });
  }
}

function openAt(open: readonly OpenWindow[], startMs: number): OpenWindow | undefined {
  for (let i = 0; i < open.length; i++) if (open[i]!.startMs === startMs) return open[i];
  return undefined;
}

/** Folds a frame. `false`: the window holds it already, nothing changed. */
export function foldFrame(
  window: OpenWindow,
  bytes: Uint8Array,
  frame: Frame,
  values: FeatureValues,
  stages: WindowStages,
): boolean {
  let scores: SlotScores | undefined;
  if (frame.kind === FrameKind.features) {
    const inferring = stages.infer.begin();
    readFeatures(bytes, HEADER_BYTES, values);
    scores = slotScores(values, frame);
    stages.infer.end(inferring);
  }
  const folding = stages.fold.begin();
  const hashLow = frameHash(bytes);
  const folded = window.fold(frame, hashLow, frameHashHigh(), scores ? values : undefined, scores);
  stages.fold.end(folding);
  return folded;
}
