import type { Acknowledged } from '@gaitway/contract';
import { bootIsNewer } from './boot-order.ts';
import type { Watermark } from './reading-log.ts';

/** Nothing of a boot is durable yet. */
export const NOTHING_DURABLE = -1;

interface BootState {
  boot: number;
  /** Everything up to here is durable or was declared dropped. */
  seq: number;
  /** Start of the newest frame that is durable, to tell a repeated frame from a number used twice. */
  newestStartMs: number;
  /** Durable numbers above `seq + 1`, ascending. Only a device that sends several at once has any. */
  ahead: number[];
}

/** More durable numbers than this above a gap are not remembered: their frames come again, which is harmless. */
const AHEAD_MAX = 256;

/**
 * What one device's session may acknowledge. Two boots are known at a time, so that frames of the old boot
 * that are still under way when a device restarts are answered for what they are.
 */
export class AcknowledgementTracker {
  private current: BootState | undefined;
  private previous: BootState | undefined;

  constructor(stored?: Watermark) {
    if (stored) {
      this.current = { boot: stored.boot, seq: stored.seq, newestStartMs: stored.startMs, ahead: [] };
    }
  }

  /**
   * The device says that it holds nothing below `oldestHeldSeq` any more. Returns how many numbers it
   * thereby gave up that had never become durable; the server does not wait for those. `startMs`: of the frame
   * that says so.
   */
  heldFrom(boot: number, oldestHeldSeq: number, startMs: number): number {
    const state = this.knownOrNew(boot, startMs);
    let givenUp = 0;
    if (oldestHeldSeq - 1 > state.seq) {
      const durableBelow = state.ahead.filter((seq) => seq < oldestHeldSeq).length;
      givenUp = oldestHeldSeq - 1 - state.seq - durableBelow;
      state.seq = oldestHeldSeq - 1;
      this.takeUp(state);
    }
    return givenUp;
  }

  /** `true`: this frame needs no append, only its acknowledgement again. */
  isDurable(boot: number, seq: number): boolean {
    const state = this.known(boot);
    return state !== undefined && (seq <= state.seq || state.ahead.includes(seq));
  }

  /** `true`: a number that is durable already comes with a time that is later than any durable one. */
  isReused(boot: number, startMs: number): boolean {
    const state = this.known(boot);
    return state !== undefined && state.newestStartMs > 0 && startMs > state.newestStartMs;
  }

  markDurable(boot: number, seq: number, startMs: number): void {
    const state = this.knownOrNew(boot, startMs);
    if (startMs > state.newestStartMs) state.newestStartMs = startMs;
    if (seq <= state.seq) return;
    if (seq === state.seq + 1) {
      state.seq = seq;
      this.takeUp(state);
      return;
    }
    if (state.ahead.length >= AHEAD_MAX || state.ahead.includes(seq)) return;
    state.ahead.push(seq);
    state.ahead.sort((a, b) => a - b);
  }

  acknowledgement(boot: number): Acknowledged {
    return { boot, seq: this.known(boot)?.seq ?? NOTHING_DURABLE };
  }

  /** What may be stored as this device's watermark once `seq` of `boot` is durable. */
  watermarkWith(boot: number, seq: number, startMs: number): Watermark {
    const state = this.known(boot);
    const reached = state?.seq ?? NOTHING_DURABLE;
    return {
      boot,
      seq: seq === reached + 1 ? seq : reached,
      startMs: Math.max(startMs, state?.newestStartMs ?? 0),
    };
  }

  private takeUp(state: BootState): void {
    while (state.ahead.length > 0 && state.ahead[0]! <= state.seq + 1) {
      state.seq = Math.max(state.seq, state.ahead.shift()!);
    }
  }

  private known(boot: number): BootState | undefined {
    if (this.current?.boot === boot) return this.current;
    if (this.previous?.boot === boot) return this.previous;
    return undefined;
  }

  private knownOrNew(boot: number, startMs: number): BootState {
    const known = this.known(boot);
    if (known) return known;
    const fresh: BootState = { boot, seq: NOTHING_DURABLE, newestStartMs: 0, ahead: [] };
    const { current } = this;
    if (!current || bootIsNewer({ boot, startMs }, { boot: current.boot, startMs: current.newestStartMs })) {
      this.previous = this.current;
      this.current = fresh;
      return fresh;
    }
    // A boot before the two we know: remembered until a newer one pushes it out.
    this.previous = fresh;
    return fresh;
  }
}
