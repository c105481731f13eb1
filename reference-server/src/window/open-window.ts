import {
  addToDigest,
  type Digest,
  emptyDigest,
  FEATURE_FIELDS,
  type FeatureAggregate,
  type FeatureValues,
  type Frame,
  formatDigest,
  parseDigest,
  type SlotScore,
  type WindowDocument,
} from '@gaitway/contract';
import { OneModel, type WindowModels } from '../infer/inference.ts';
import type { Model, SlotScores } from '../infer/model.ts';
import { RawReadings } from '../infer/raw-readings.ts';
import { mergeDrivers } from '../infer/slot-drivers.ts';
import { inOrder, slotOf } from '../infer/slot-order.ts';
import type { LogRecord } from '../ingest/reading-log.ts';
import { IdentitySet } from './identity-set.ts';

const FIELDS = FEATURE_FIELDS.length;

/**
 * One patient's window while readings are folded into it. Everything in it is independent of the order of
 * folding: sums of integers, least and greatest values, a digest that adds, slots that are sorted at the
 * end. So a crash and a replay give the very same document.
 */
export class OpenWindow {
  readonly patient: string;
  readonly ward: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Which entry of the partition brought the first reading: progress may not pass it while this is open. */
  readonly firstEntry: number;
  /**
   * Of a window that began before its owner had read all that earlier ones left, the readings in it: a document
   * may be there already, and gets those that it does not hold. Absent where no document can be there.
   */
  readonly records: LogRecord[] | undefined;
  readonly models: WindowModels;
  /** What drove the scores of its slots, as its model's `SlotDrivers` sums it up. */
  readonly drivers: Float64Array;
  readings = 0;
  /** The longest slot that a reading of this window names: so long after its end one may still be under way. */
  slotMsMax = 0;
  private readonly identities = new IdentitySet();
  private readonly digest: Digest = emptyDigest();
  /** Sums, then least, then greatest values, one of each per feature. */
  private readonly features = new Float64Array(3 * FIELDS);
  private featureReadings = 0;
  private readonly slots: SlotScore[] = [];
  private rawReadings: RawReadings | undefined;

  constructor(
    patient: string,
    ward: string,
    startMs: number,
    endMs: number,
    firstEntry: number,
    rebuilt: boolean,
    models: WindowModels = new OneModel().modelsFor(),
  ) {
    this.patient = patient;
    this.ward = ward;
    this.startMs = startMs;
    this.endMs = endMs;
    this.firstEntry = firstEntry;
    this.records = rebuilt ? [] : undefined;
    this.models = models;
    this.drivers = models.model.drivers.emptySums();
  }

  /**
   * Folds one frame in; `values` and `scores` only for kinds that carry features. `false`: the window holds
   * this identity already, nothing changed.
   */
  fold(
    frame: Frame,
    hashLow: number,
    hashHigh: number,
    values?: FeatureValues,
    scores?: SlotScores,
  ): boolean {
    if (!this.identities.add(frame.device, frame.boot, frame.seq)) return false;
    this.readings += 1;
    if (frame.slotMs > this.slotMsMax) this.slotMsMax = frame.slotMs;
    addToDigest(this.digest, hashLow, hashHigh);
    if (values && scores) {
      this.foldFeatures(values);
      this.slots.push(slotOf(frame, scores));
    }
    return true;
  }

  /** Of the reading that was folded last, if it has scores. */
  get newestSlot(): SlotScore | undefined {
    return this.slots.at(-1);
  }

  /** The chunks of raw readings that are not complete yet. */
  get raw(): RawReadings {
    this.rawReadings ??= new RawReadings();
    return this.rawReadings;
  }

  /** The scores of a raw reading, whose chunks were folded one by one. */
  addSlot(frame: Pick<SlotScore, 'startMs' | 'boot' | 'seq'>, scores: SlotScores): void {
    this.slots.push(slotOf(frame, scores));
  }

  private foldFeatures(values: FeatureValues): void {
    const { features } = this;
    if (this.featureReadings++ === 0) {
      for (let part = 0; part < 3; part++) features.set(values, part * FIELDS);
      return;
    }
    for (let i = 0; i < FIELDS; i++) {
      const value = values[i]!;
      features[i]! += value;
      if (value < features[FIELDS + i]!) features[FIELDS + i] = value;
      else if (value > features[2 * FIELDS + i]!) features[2 * FIELDS + i] = value;
    }
  }

  /** The document of this window as it stands. */
  close(epoch: number, complete: boolean, closedAtMs: number, lateReadings: number): WindowDocument {
    const aggregates: Record<string, FeatureAggregate> = {};
    if (this.featureReadings > 0) {
      for (let i = 0; i < FIELDS; i++) {
        aggregates[FEATURE_FIELDS[i]!.name] = {
          sum: this.features[i]!,
          min: this.features[FIELDS + i]!,
          max: this.features[2 * FIELDS + i]!,
        };
      }
    }
    const slots = [...inOrder(this.slots)];
    const { model } = this.models;
    const drivers = model.drivers.listed(this.drivers);
    return {
      patient: this.patient,
      ward: this.ward,
      startMs: this.startMs,
      endMs: this.endMs,
      revision: 1,
      epoch,
      complete,
      readings: this.readings,
      lateReadings,
      identities: this.identities.ranges,
      digest: formatDigest(this.digest),
      aggregates,
      slots,
      drivers,
      assessment: model.assessWindow(slots, drivers),
      closedAtMs,
    };
  }
}

/** The one of these windows that begins then. */
export function openAt(open: readonly OpenWindow[], startMs: number): OpenWindow | undefined {
  for (let i = 0; i < open.length; i++) if (open[i]!.startMs === startMs) return open[i];
  return undefined;
}

/**
 * A stored document and readings that came after it had closed, as the next revision. The readings must
 * not be in the document yet. `model`: the one that scored the late readings.
 */
export function amendWindow(
  stored: WindowDocument,
  late: WindowDocument,
  epoch: number,
  model: Model,
): WindowDocument {
  const identities = new IdentitySet(stored.identities);
  for (const range of late.identities) {
    for (let seq = range.fromSeq; seq <= range.toSeq; seq++) identities.add(range.device, range.boot, seq);
  }
  const digest = parseDigest(stored.digest);
  const added = parseDigest(late.digest);
  addToDigest(digest, added.low, added.high);
  const slots = [...inOrder([...stored.slots, ...late.slots])];
  const drivers = mergeDrivers(stored.drivers, late.drivers);
  return {
    ...stored,
    revision: stored.revision + 1,
    epoch,
    readings: stored.readings + late.readings,
    lateReadings: stored.lateReadings + late.readings,
    identities: identities.ranges,
    digest: formatDigest(digest),
    aggregates: mergeAggregates(stored.aggregates, late.aggregates),
    slots,
    ...(drivers ? { drivers } : {}),
    assessment: model.assessWindow(slots, drivers),
  };
}

function mergeAggregates(
  a: Record<string, FeatureAggregate>,
  b: Record<string, FeatureAggregate>,
): Record<string, FeatureAggregate> {
  const merged: Record<string, FeatureAggregate> = { ...a };
  for (const [name, late] of Object.entries(b)) {
    const had = a[name];
    merged[name] = had
      ? { sum: had.sum + late.sum, min: Math.min(had.min, late.min), max: Math.max(had.max, late.max) }
      : late;
  }
  return merged;
}
