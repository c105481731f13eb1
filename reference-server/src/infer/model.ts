import {
  type Assessment,
  CONDITIONS,
  type Condition,
  type ConditionAssessment,
  type Driver,
  Placement,
  type SlotScore,
} from '@gaitway/contract';
import { freezingInWalking } from './freezing-context.ts';
import type { ModelFile } from './model-file.ts';
import {
  emptySignalFeatures,
  type ReadingHeader,
  readSignalFeatures,
  type SignalFeatures,
  signalFeatureIndex,
} from './signal-features.ts';
import { SlotDrivers } from './slot-drivers.ts';
import { SlotHead } from './slot-head.ts';
import { inOrder } from './slot-order.ts';
import { tremorRating } from './tremor-rating.ts';
import { assessSlots, windowFeatures, withDrivers } from './window-model.ts';

/** Scores of one slot in thousandths: probabilities; `null`: not assessable in this slot. */
export type SlotScores = Omit<SlotScore, 'startMs' | 'boot' | 'seq'>;

type Heads = Partial<Record<Condition, SlotHead>>;

const GYRO_TREMOR = signalFeatureIndex('gyroTremor');

/**
 * One version of the models, made from its file. Pure: nothing of one reading is left for the next, so that a document
 * does not depend on the order in which readings came.
 */
export class Model {
  readonly version: string;
  readonly file: ModelFile;
  /** What of the signal drives its slots. */
  readonly drivers: SlotDrivers;
  /** By the number of the placement. */
  private readonly heads: Heads[] = [];
  private readonly scorable: Readonly<Record<Condition, string>>;
  private readonly features = emptySignalFeatures();

  constructor(file: ModelFile) {
    this.version = file.version;
    this.file = file;
    this.drivers = new SlotDrivers(file);
    for (const placement of Object.values(Placement)) this.heads[placement] = {};
    for (const head of file.slotHeads) {
      const ready = new SlotHead(head);
      for (const name of head.placements) this.heads[Placement[name]]![head.condition] = ready;
    }
    const scorable = CONDITIONS.map((condition) => [condition, scorableSlots(condition, file)]);
    this.scorable = Object.fromEntries(scorable) as Record<Condition, string>;
  }

  /** Scores one reading: `values` one per row of `FEATURE_FIELDS`. */
  slotScores(values: ArrayLike<number>, header: ReadingHeader): SlotScores {
    readSignalFeatures(values, header, this.features);
    return this.scoresOf(this.features);
  }

  /** Called for every reading. */
  scoresOf(features: SignalFeatures): SlotScores {
    const heads = features.fault === null ? this.heads[features.placement] : undefined;
    if (heads === undefined) return { tremor: null, rigidityProxy: null, gait: null, freezing: null };
    const { tremor: trembles, rigidityProxy, gait: walks, freezing: freezes } = heads;
    const gait = walks ? walks.score(features) : null;
    const walking = gait !== null && gait >= this.file.windowHeads.gait.threshold;
    const scores: SlotScores = {
      tremor: trembles ? trembles.score(features) : null,
      rigidityProxy:
        rigidityProxy && (walking || !rigidityProxy.file.walkingOnly) ? rigidityProxy.score(features) : null,
      gait,
      freezing: freezes ? freezes.score(features) : null,
    };
    if (scores.tremor !== null) {
      const positive = scores.tremor >= this.file.windowHeads.tremor.threshold;
      scores.tremorRating = positive ? Math.round(1000 * tremorRating(features.values[GYRO_TREMOR]!)) : 0;
    }
    return scores;
  }

  /**
   * What is said of a window. Depends on the set of slots, not on their order. `drivers`: of these slots; without them the
   * contributions say no more than what the slots' scores do.
   */
  assessWindow(slots: readonly SlotScore[], drivers?: readonly Driver[]): Assessment {
    const ordered = inOrder(slots);
    return {
      model: this.version,
      conditions: CONDITIONS.map((condition) => this.assess(condition, ordered, drivers)),
    };
  }

  /** Of slots in the order of time. */
  private assess(
    condition: Condition,
    slots: readonly SlotScore[],
    drivers: readonly Driver[] | undefined,
  ): ConditionAssessment {
    const { windowHeads } = this.file;
    const head = windowHeads[condition];
    const counts =
      condition === 'freezing'
        ? freezingInWalking(slots, head.threshold, windowHeads.gait.threshold)
        : undefined;
    const features = windowFeatures(condition, slots, head.threshold, counts);
    const assessment = withDrivers(
      assessSlots(condition, slots, features, head, this.scorable[condition]),
      ...([slots, head, drivers] as const),
    );
    if (condition !== 'tremor' || features === null) return assessment;
    return { ...assessment, severity: meanRating(slots, head.threshold) };
  }
}

/** Which slots can be scored, for the reason of those that cannot. */
function scorableSlots(condition: Condition, { slotHeads }: ModelFile): string {
  const heads = slotHeads.filter((head) => head.condition === condition);
  const placements = [...new Set(heads.flatMap((head) => head.placements))];
  const walking = heads.some(({ walkingOnly }) => walkingOnly) ? 'walking, ' : '';
  return `${walking}worn at the ${placements.join(' or ')}, without gaps`;
}

/** Mean rating of the slots with tremor, to a tenth; 0 without any. */
function meanRating(slots: readonly SlotScore[], threshold: number): number {
  let sum = 0;
  let rated = 0;
  for (const { tremor, tremorRating: rating } of slots) {
    if (tremor === null || tremor < threshold || rating === undefined) continue;
    sum += rating;
    rated += 1;
  }
  return rated === 0 ? 0 : Math.round(sum / (100 * rated)) / 10;
}
