import { CONDITIONS, type Condition, type WindowDocument } from '@gaitway/contract';
import type { Counter, Meter } from '../../observe/meter.ts';
import type { Model } from '../model.ts';
import { type Positive, positiveSlot, positiveWindow } from './positive.ts';

const OUTCOMES = ['both', 'neither', 'currentOnly', 'candidateOnly', 'silent'] as const;
type Counters = Record<(typeof OUTCOMES)[number], Counter>;

/** Counts who called slots and windows positive, each by its own thresholds: the candidate, the current model, both or neither. */
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
    for (const condition of CONDITIONS) {
      const windowAs = ({ model, document }: typeof current) =>
        positiveWindow(document, condition, model.file);
      this.windows[condition][outcomeOf(windowAs(current), windowAs(candidate))].add();
      current.document.slots.forEach((slot, at) => {
        const other = candidate.document.slots[at];
        if (other === undefined) return;
        const of = positiveSlot(slot, condition, current.model.file);
        this.slots[condition][outcomeOf(of, positiveSlot(other, condition, candidate.model.file))].add();
      });
    }
  }
}

function outcomeOf(current: Positive, candidate: Positive): keyof Counters {
  if (current === null || candidate === null) return 'silent';
  if (current && candidate) return 'both';
  if (current) return 'currentOnly';
  return candidate ? 'candidateOnly' : 'neither';
}
