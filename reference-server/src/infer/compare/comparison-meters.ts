import { CONDITIONS, type Condition, type SlotScore, type WindowDocument } from '@gaitway/contract';
import type { Counter, Meter } from '../../observe/meter.ts';
import type { Model } from '../model.ts';

const OUTCOMES = ['both', 'neither', 'currentOnly', 'candidateOnly', 'silent'] as const;
type Counters = Record<(typeof OUTCOMES)[number], Counter>;
type Positive = boolean | null;

/** Half of the slots, or half of the odds: where a probability says yes. */
const EVEN = 0.5;

/** Counts who called slots and windows positive: the candidate, the current model, both or neither. */
export class ComparisonMeters {
  private readonly slots: Readonly<Record<Condition, Counters>>;
  private readonly windows: Readonly<Record<Condition, Counters>>;

  constructor(meter: Meter) {
    const counters = (metric: 'modelSlotsCompared' | 'modelWindowsCompared') =>
      Object.fromEntries(
        CONDITIONS.map((condition) => [
          condition,
          Object.fromEntries(
            OUTCOMES.map((positive) => [positive, meter.counter(metric, { condition, positive })]),
          ),
        ]),
      ) as Record<Condition, Counters>;
    this.slots = counters('modelSlotsCompared');
    this.windows = counters('modelWindowsCompared');
  }

  add(
    candidate: { model: Model; document: WindowDocument },
    current: { model: Model; document: WindowDocument },
  ): void {
    CONDITIONS.forEach((condition, i) => {
      const probability = ({ document }: typeof current) => document.assessment.conditions[i]!.probability;
      const says = (value: number | undefined): Positive => (value === undefined ? null : value >= EVEN);
      this.windows[condition][outcomeOf(says(probability(current)), says(probability(candidate)))].add();
      current.document.slots.forEach((slot, at) => {
        const other = candidate.document.slots[at];
        if (other === undefined) return;
        const of = positiveIn(condition, current.model)(slot);
        this.slots[condition][outcomeOf(of, positiveIn(condition, candidate.model)(other))].add();
      });
    });
  }
}

function positiveIn(condition: Condition, { file }: Model): (slot: SlotScore) => Positive {
  const { threshold } = file.windowHeads[condition];
  return (slot) => {
    const score = slot[condition];
    return score === null ? null : score >= threshold;
  };
}

function outcomeOf(current: Positive, candidate: Positive): keyof Counters {
  if (current === null || candidate === null) return 'silent';
  if (current && candidate) return 'both';
  if (current) return 'currentOnly';
  return candidate ? 'candidateOnly' : 'neither';
}
