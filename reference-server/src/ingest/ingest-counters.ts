import { FrameKind, REJECT_REASONS, type RejectReason } from '@gaitway/contract';
import type { Counter, Meter } from '../observe/meter.ts';

/** The counters of the ingest stage, got once so that a frame costs no look-up. */
export class IngestCounters {
  readonly received: Counter;
  readonly repeated: Counter;
  readonly declaredDropped: Counter;
  private readonly byKind = new Map<FrameKind, Counter>();
  private readonly byReason = new Map<RejectReason, Counter>();

  constructor(meter: Meter) {
    this.received = meter.counter('framesReceived');
    this.repeated = meter.counter('framesRepeated');
    this.declaredDropped = meter.counter('framesDeclaredDropped');
    for (const [kind, value] of Object.entries(FrameKind)) {
      this.byKind.set(value, meter.counter('framesAccepted', { kind }));
    }
    for (const reason of Object.keys(REJECT_REASONS) as RejectReason[]) {
      this.byReason.set(reason, meter.counter('framesRejected', { reason }));
    }
  }

  accepted(kind: FrameKind): void {
    this.byKind.get(kind)?.add();
  }

  rejected(reason: RejectReason): void {
    this.byReason.get(reason)?.add();
  }
}
