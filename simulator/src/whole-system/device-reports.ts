import { EventType, FrameKind, HEADER, HEADER_BYTES, readEvent, readStartMs } from '@gaitway/contract';
import { FALL_DECISION_TICKS, TICK_MS } from '@gaitway/firmware';
import type { FleetLedger } from '../fleet/fleet.ts';
import type { FallReport } from '../grade/run-truth.ts';

/** A report's frame begins so long before the device knows. */
const DECISION_MS = FALL_DECISION_TICKS * TICK_MS;

/**
 * The falls that devices reported, from the frames that they made, sent or not. What a patient's signal would have a device tell is
 * another thing: one that restarted knows nothing of before, and one that is held in reset tells nothing.
 */
export class DeviceReports {
  private readonly reports = new Map<number, FallReport[]>();

  /** The same ledger; what is made in it is noted here as well. */
  noting(ledger: FleetLedger): FleetLedger {
    return {
      made: (index, bytes) => {
        ledger.made(index, bytes);
        if (bytes[HEADER.kind] === FrameKind.event) this.note(index, bytes);
      },
      resolve: (index, bytes, outcome, everSent) => ledger.resolve(index, bytes, outcome, everSent),
      finish: () => ledger.finish(),
    };
  }

  /** The reports of a patient's device that were due behind `fromMs`, up to `toMs`. */
  between(index: number, fromMs: number, toMs: number): FallReport[] {
    const all = this.reports.get(index) ?? [];
    return all.filter(({ dueMs }) => dueMs > fromMs && dueMs <= toMs);
  }

  private note(index: number, bytes: Uint8Array): void {
    const { type, offsetMs } = readEvent(bytes, HEADER_BYTES);
    if (type !== EventType.fall) return;
    const startMs = readStartMs(bytes);
    const report = { atMs: startMs + offsetMs, dueMs: startMs + DECISION_MS };
    this.reports.set(index, [...(this.reports.get(index) ?? []), report]);
  }
}
