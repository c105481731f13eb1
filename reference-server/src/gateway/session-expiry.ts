import { type Clock, HANDSHAKE_FAULTS, type SessionEnd, type TimerHandle } from '@gaitway/contract';
import type { Socket } from 'socket.io';
import type { Counter } from '../observe/meter.ts';
import type { GoodToken } from '../tokens/tokens.ts';

/** Looked at again at least so often: a timer has a longest time, and the wall clock may be set meanwhile. */
const LOOK_AGAIN_MS = 60_000;

const END: SessionEnd = { code: 'token_expired', says: HANDSHAKE_FAULTS.token_expired };

/**
 * Ends sessions when their token does. A token is good until a whole second, and tokens that were made together
 * end together: sessions are kept by that second, with one timer for all of them, aimed at the first, and none
 * while nobody is connected.
 */
export class SessionExpiry {
  private readonly clock: Clock;
  private readonly expired: Counter;
  private readonly byEnd = new Map<number, Set<Socket>>();
  private timer: TimerHandle | undefined;
  private lookAtMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, expired: Counter) {
    this.clock = clock;
    this.expired = expired;
  }

  /** Watches over a session until it ends, by itself or by its token. */
  watch(socket: Socket): void {
    const { expiresAtMs } = socket.data as GoodToken;
    const together = this.byEnd.get(expiresAtMs) ?? new Set();
    this.byEnd.set(expiresAtMs, together);
    together.add(socket);
    socket.once('disconnect', () => {
      together.delete(socket);
      if (together.size > 0 || this.byEnd.get(expiresAtMs) !== together) return;
      this.byEnd.delete(expiresAtMs);
      if (this.byEnd.size === 0) this.rest();
    });
    if (expiresAtMs < this.lookAtMs) this.lookAgain();
  }

  private lookAgain(): void {
    this.rest();
    if (this.byEnd.size === 0) return;
    const nowMs = this.clock.epochMs();
    let firstMs = Number.POSITIVE_INFINITY;
    for (const endMs of this.byEnd.keys()) firstMs = Math.min(firstMs, endMs);
    this.lookAtMs = Math.min(firstMs, nowMs + LOOK_AGAIN_MS);
    this.timer = this.clock.setTimer(Math.max(0, this.lookAtMs - nowMs), () => {
      this.endExpired();
      this.lookAgain();
    });
  }

  private endExpired(): void {
    const nowMs = this.clock.epochMs();
    for (const [endMs, sockets] of this.byEnd) {
      if (endMs > nowMs) continue;
      this.byEnd.delete(endMs);
      for (const socket of sockets) {
        this.expired.add();
        socket.emit('ended', END);
        // The connection under it too: one without a session would be nobody's.
        socket.disconnect(true);
      }
    }
  }

  private rest(): void {
    if (this.timer !== undefined) this.clock.clearTimer(this.timer);
    this.timer = undefined;
    this.lookAtMs = Number.POSITIVE_INFINITY;
  }
}
