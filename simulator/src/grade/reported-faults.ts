import { FrameFlag, SAMPLE_RATE_HZ } from '@gaitway/contract';
import type { FlaggedReading, Ledger } from '../ledger/ledger.ts';
import type { ReportedFault } from './graded-conditions.ts';
import type { RunTruth } from './run-truth.ts';

/** With fewer of its samples nobody can tell what a slot holds: the grader's own measure, whatever the server's is. */
const SAMPLES_SHARE_ASSESSABLE = 0.9;
/** The count of samples is one byte on the wire. */
const SAMPLES_MAX = 255;

/**
 * The truth of a run with what its devices said of their own slots, so that these excuse a server that says nothing. It
 * comes from the ledger, which the fleet writes before any server has answered: what a server says of a frame excuses
 * nothing. A slot with a gap that leaves enough samples needs an answer all the same.
 */
export function withFaultsOf(ledger: Ledger, truth: RunTruth): RunTruth {
  let of = -1;
  let faults = new Map<number, ReportedFault>();
  return {
    ...truth,
    faultOf: (index, slot) => {
      if (index !== of) {
        of = index;
        faults = faultsOf(ledger, truth, index);
      }
      return faults.get(slot) ?? null;
    },
  };
}

function faultsOf(ledger: Ledger, truth: RunTruth, index: number): Map<number, ReportedFault> {
  const faults = new Map<number, ReportedFault>();
  for (const flagged of ledger.flaggedOf(index)) {
    const fault = faultIn(flagged, truth.slotMs);
    const slot = Math.round((flagged.startMs - truth.startMs(index, 0)) / truth.slotMs);
    if (fault !== null) faults.set(slot, fault);
  }
  return faults;
}

function faultIn({ flags, sampleCount }: FlaggedReading, slotMs: number): ReportedFault | null {
  if (flags & FrameFlag.offWrist) return 'not_worn';
  const whole = Math.min(SAMPLES_MAX, (slotMs * SAMPLE_RATE_HZ) / 1000);
  return flags & FrameFlag.gap && sampleCount < SAMPLES_SHARE_ASSESSABLE * whole ? 'gap' : null;
}
