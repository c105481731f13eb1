import { RING_FRAMES, type WindowDocument } from '@gaitway/contract';

/**
 * Open windows could not all be closed before the archive was read: the server has no way to close them, or it
 * was not done in time. Then a reading that is missing may lie in a window that was still open, and is lost only
 * where its window was certainly closed.
 */
export interface Unclosed {
  /** Why, in a few words. */
  because: string;
  /** What would tell later whether missing readings are lost. It tells nothing of viewers, who have left. */
  advice?: string;
  /** For how long a device holds a reading at the most until it is acknowledged or given up. */
  heldMs: number;
  /** Windows that ended by then had so long to be closed by themselves that they must be in the archive. */
  dueThroughMs?: number;
}

/** A target goes on when a run is over, and closes windows by their time. */
export const AUDIT_AGAIN =
  'audit the run again ten minutes after its end, when every window was closed by its time';

/**
 * For how long a device holds a reading at the most, from its start: its slot, and as many more as its ring has room
 * for. Then it was acknowledged, or gave way to newer ones. `rateCommands`: how often the server told a device another
 * rate; after any, slots may have been of whatever length, and nobody knows.
 */
export function heldMsMax(slotMs: number, rateCommands: number): number {
  return rateCommands > 0 ? Number.POSITIVE_INFINITY : (1 + RING_FRAMES) * slotMs;
}

/**
 * Which windows were certainly closed. All of them, when the server said so. Otherwise those that a document
 * proves: a server closes the windows of one patient by their ends, each when its time has passed. So when it
 * archived one because its time had passed (`complete`), everything was read that was acknowledged before that
 * window's end, and every window of the patient that ended as long before as a device may hold a reading was
 * closed with all that it should hold. No clock is asked: how far the server is behind does not matter.
 */
export class ClosedWindows {
  private readonly windowMs: number;
  private readonly unclosed: Unclosed | undefined;
  private readonly throughMs = new Map<string, number>();

  constructor(windowMs: number, unclosed: Unclosed | undefined) {
    this.windowMs = windowMs;
    this.unclosed = unclosed;
  }

  /** Takes all documents of a patient. */
  note(patient: string, documents: readonly WindowDocument[]): void {
    if (this.unclosed === undefined) return;
    for (const { startMs, complete } of documents) {
      const throughMs = startMs + this.windowMs - this.unclosed.heldMs;
      if (complete && throughMs > this.certainThroughMs(patient)) this.throughMs.set(patient, throughMs);
    }
  }

  isCertain(patient: string, startMs: number): boolean {
    return startMs + this.windowMs <= this.certainThroughMs(patient);
  }

  private certainThroughMs(patient: string): number {
    if (this.unclosed === undefined) return Number.POSITIVE_INFINITY;
    const { dueThroughMs = Number.NEGATIVE_INFINITY } = this.unclosed;
    return Math.max(dueThroughMs, this.throughMs.get(patient) ?? Number.NEGATIVE_INFINITY);
  }
}
