import type { SlotScore, WindowDocument } from '@gaitway/contract';
import { MODEL_VERSION, slotScores } from '@gaitway/reference-server';
import { fleetTwinSettings } from '../fleet/twin-settings.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ReadingSource } from '../patients/readings.ts';
import { GRADED_CONDITIONS } from './graded-conditions.ts';
import type { RunTruth } from './run-truth.ts';

/** Readings that follow from the seed, and of whose devices. */
export interface ComputedReadings {
  readings: Pick<ReadingSource, 'valuesOf' | 'placementOf'>;
  /** The last so many patients wear boards, which measure their samples by themselves: of them nothing is computed. */
  canaries?: number;
}

/**
 * The truth of a run with what the built-in model says of each reading that was sent. Left out are readings that a twin sent
 * otherwise than they were made: in raw chunks, or flagged, as the ledger knows.
 */
export function withComputedScores(
  ledger: Ledger,
  truth: RunTruth,
  { readings, canaries = 0 }: ComputedReadings,
): RunTruth {
  let of = -1;
  let isLeftOut: (score: SlotScore) => boolean = () => false;
  return {
    ...truth,
    computedScoresOf: (index, slot, stored) => {
      if (index >= truth.patients - canaries) return null;
      if (index !== of) {
        of = index;
        isLeftOut = leftOutOf(ledger, index);
      }
      if (isLeftOut(stored)) return null;
      const { placement, accelRange, gyroRange } = fleetTwinSettings(readings.placementOf(index));
      const header = { flags: 0, placement, accelRange, gyroRange, slotMs: truth.slotMs };
      return slotScores(readings.valuesOf(index, slot), header);
    },
  };
}

function leftOutOf(ledger: Ledger, index: number): (score: SlotScore) => boolean {
  const flagged = new Set(ledger.flaggedOf(index).map(({ startMs }) => startMs));
  const raw = ledger.runsOf(index).filter((run) => run.raw);
  return ({ startMs, boot, seq }) =>
    flagged.has(startMs) ||
    raw.some((run) => run.boot === boot && run.fromSeq <= seq && seq < run.fromSeq + run.count);
}

/** Whether a document says that its scores are those of the model that the grader has. */
export function isOfBuiltInModel({ assessment }: WindowDocument): boolean {
  return assessment?.model === MODEL_VERSION;
}

/** Whether a stored slot says of every graded condition what was computed. */
export function saysTheSame(
  stored: SlotScore,
  computed: Readonly<Partial<Record<string, number | null>>>,
): boolean {
  return GRADED_CONDITIONS.every(
    ({ condition }) => (stored[condition] ?? null) === (computed[condition] ?? null),
  );
}
