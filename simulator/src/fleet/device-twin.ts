import type { EventPayload, FrameAnswer } from '@gaitway/contract';
import type { BootReport, HeldFrame } from '@gaitway/firmware';

/**
 * The device that a session plays, as far as the fleet sees it; the firmware's `Twin` is one. One frame in
 * flight at most. All moments in ms since the epoch.
 */
export interface DeviceTwin {
  endSlot(
    startMs: number,
    slotMs: number,
    values: ArrayLike<number>,
    flags: number,
    batteryMv: number,
    dueMs: number,
  ): HeldFrame;
  /** Something happened at a moment, which is told at once. */
  event(startMs: number, event: EventPayload, flags: number, batteryMv: number, dueMs: number): HeldFrame;
  /** What it says of its start. */
  bootReport(startMs: number, report: BootReport, batteryMv: number, dueMs: number): HeldFrame;
  /** Another version of the program runs. */
  install(firmware: number): void;
  /** The frame to send now, if there is one. */
  transmit(nowMs: number): HeldFrame | undefined;
  /** When `transmit` may have something to send although nothing else happened; infinite: never. */
  readonly wakeAtMs: number;
  answered(answer: FrameAnswer, nowMs: number): void;
  linkUp(nowMs: number): void;
  linkDown(nowMs: number): void;
  reboot(nowMs: number, keepRing: boolean): void;
  /** The clock was set, and had been behind by `offsetMs`. */
  syncClock(offsetMs?: number): void;
  /** What it still holds, oldest first. */
  held(): readonly HeldFrame[];
}
