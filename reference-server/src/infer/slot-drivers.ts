import { CONDITIONS, type Condition, type Driver, Placement } from '@gaitway/contract';
import { medianOf } from './drift/bins.ts';
import { sigmoid } from './linear-model.ts';
import type { ModelFile, SlotHeadFile } from './model-file.ts';
import {
  SIGNAL_FEATURES,
  type SignalFeature,
  type SignalFeatures,
  signalFeatureIndex,
} from './signal-features.ts';

type Scores = Readonly<Record<Condition, number | null>>;

/** A driver's numbers in a row of sums. */
const SUMS = { slots: 0, value: 1, moved: 2 } as const;
const SUMS_PER_DRIVER = 3;
const THOUSANDTHS = 1000;
const MILLIONTHS = 1_000_000;
/** So little log-odds apart that the difference of two probabilities says less than the slope there. */
const AT_USUAL = 1e-6;
/** From here on the slot's score, rounded to thousandths as it is, does without another exponential. */
const FAR = 1;

/** One head at one placement. */
interface Terms {
  condition: Condition;
  /** Places in a slot's features, and in the rows of sums. */
  indexes: Uint8Array;
  rows: Uint8Array;
  weights: Float64Array;
  /** What the features are in a usual slot. */
  usual: Float64Array;
  slope: number;
  /** Of a usual slot: calibrated log-odds, and probability. */
  usualLogOdds: number;
  usualProbability: number;
}

/**
 * What drove the slots of a window. A slot's probability is a sigmoid of a sum over features. What lies between it and the
 * probability of a usual slot (each feature at its median in the training of the model) is shared out among the
 * features as they share in the difference of log-odds: integrated gradients along the straight line from the usual slot
 * (Sundararajan 2017, arXiv 1703.01365), exact for such a model, and the shares add up to the difference.
 */
export class SlotDrivers {
  private readonly names: { condition: Condition; feature: SignalFeature }[];
  /** By the number of the placement. */
  private readonly terms: Terms[][] = [];
  private readonly parts = new Float64Array(SIGNAL_FEATURES.length);

  constructor(file: Pick<ModelFile, 'slotHeads' | 'training'>) {
    const used = new Set(
      file.slotHeads.flatMap(({ condition, weights }) =>
        Object.keys(weights).map((feature) => `${condition} ${feature}`),
      ),
    );
    this.names = CONDITIONS.flatMap((condition) =>
      SIGNAL_FEATURES.filter((feature) => used.has(`${condition} ${feature}`)).map((feature) => ({
        condition,
        feature,
      })),
    );
    for (const head of file.slotHeads) {
      for (const name of head.placements) {
        const bins = file.training[name]?.features;
        const usual = (feature: SignalFeature) => (bins?.[feature] ? medianOf(bins[feature]) : 0);
        this.terms[Placement[name]] ??= [];
        this.terms[Placement[name]]!.push(this.termsOf(head, usual));
      }
    }
  }

  /** Of a window without slots. */
  emptySums(): Float64Array {
    return new Float64Array(SUMS_PER_DRIVER * this.names.length);
  }

  /** Adds one slot, which has these scores. Called for every reading. */
  add({ fault, placement, values }: SignalFeatures, scores: Scores, sums: Float64Array): void {
    const all = fault === null ? this.terms[placement] : undefined;
    if (all === undefined) return;
    for (let i = 0; i < all.length; i++) {
      const score = scoreOf(scores, all[i]!.condition);
      if (score !== null) this.addTerms(all[i]!, values, score / THOUSANDTHS, sums);
    }
  }

  /** The drivers of a window whose sums these are. */
  listed(sums: Float64Array): Driver[] {
    const drivers: Driver[] = [];
    for (let row = 0; row < this.names.length; row++) {
      const at = SUMS_PER_DRIVER * row;
      const slots = sums[at + SUMS.slots]!;
      if (slots === 0) continue;
      const { condition, feature } = this.names[row]!;
      // No negative zero: it is lost in stores.
      const value = sums[at + SUMS.value]! + 0;
      drivers.push({ condition, feature, slots, value, moved: sums[at + SUMS.moved]! + 0 });
    }
    return drivers;
  }

  private addTerms(terms: Terms, values: Float64Array, probability: number, sums: Float64Array): void {
    const { indexes, rows, weights, usual, slope, usualLogOdds, usualProbability } = terms;
    const { parts } = this;
    let apart = 0;
    for (let i = 0; i < indexes.length; i++) {
      const part = slope * weights[i]! * (values[indexes[i]!]! - usual[i]!);
      parts[i] = part;
      apart += part;
    }
    const gain =
      apart > FAR || apart < -FAR
        ? (probability - usualProbability) / apart
        : gainNear(usualLogOdds, usualProbability, apart);
    for (let i = 0; i < indexes.length; i++) {
      const at = SUMS_PER_DRIVER * rows[i]!;
      sums[at + SUMS.slots]! += 1;
      sums[at + SUMS.value]! += Math.round(THOUSANDTHS * values[indexes[i]!]!);
      sums[at + SUMS.moved]! += Math.round(MILLIONTHS * gain * parts[i]!);
    }
  }

  private termsOf(head: SlotHeadFile, usualOf: (feature: SignalFeature) => number): Terms {
    const features = Object.keys(head.weights) as SignalFeature[];
    const weights = Float64Array.from(features, (feature) => head.weights[feature]!);
    const usual = Float64Array.from(features, usualOf);
    const { slope, intercept } = head.calibration;
    const logOdds = weights.reduce((sum, weight, i) => sum + weight * usual[i]!, head.intercept);
    const usualLogOdds = slope * logOdds + intercept;
    const rowOf = (name: SignalFeature) =>
      this.names.findIndex(({ condition, feature }) => condition === head.condition && feature === name);
    return {
      ...{ condition: head.condition, weights, usual, slope, usualLogOdds },
      indexes: Uint8Array.from(features, signalFeatureIndex),
      rows: Uint8Array.from(features, rowOf),
      usualProbability: sigmoid(usualLogOdds),
    };
  }
}

/** What the drivers' sums are a mean of. */
export function meanValue({ value, slots }: Driver): number {
  return value / (THOUSANDTHS * slots);
}

/** By how much it moved the mean probability of so many slots. */
export function meanMoved({ moved }: Driver, scored: number): number {
  return moved / (MILLIONTHS * scored);
}

/** By what a difference of log-odds near the usual ones is multiplied to give that of the probabilities. */
function gainNear(usualLogOdds: number, usualProbability: number, apart: number): number {
  if (Math.abs(apart) < AT_USUAL) return usualProbability * (1 - usualProbability);
  return (sigmoid(usualLogOdds + apart) - usualProbability) / apart;
}

/** A name that is known where it is read costs a fraction of one that is not. */
function scoreOf(scores: Scores, condition: Condition): number | null {
  switch (condition) {
    case 'tremor':
      return scores.tremor;
    case 'rigidityProxy':
      return scores.rigidityProxy;
    case 'gait':
      return scores.gait;
    case 'freezing':
      return scores.freezing;
  }
}

/** The drivers of a window and of readings that came after it had closed; of a window that has none, none. */
export function mergeDrivers(stored: Driver[] | undefined, late: Driver[] | undefined): Driver[] | undefined {
  if (stored === undefined) return undefined;
  const merged = new Map<string, Driver>();
  for (const each of [...stored, ...(late ?? [])]) {
    const key = `${each.condition} ${each.feature}`;
    const had = merged.get(key);
    merged.set(
      key,
      had
        ? {
            ...had,
            slots: had.slots + each.slots,
            value: had.value + each.value,
            moved: had.moved + each.moved,
          }
        : each,
    );
  }
  return [...merged.values()].sort(byPlace);
}

function byPlace(a: Driver, b: Driver): number {
  return (
    CONDITIONS.indexOf(a.condition) - CONDITIONS.indexOf(b.condition) ||
    signalFeatureIndex(a.feature as SignalFeature) - signalFeatureIndex(b.feature as SignalFeature)
  );
}
