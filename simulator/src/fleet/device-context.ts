import type { HeldFrame, TwinHooks } from '@gaitway/firmware';
import type { SlotEvent } from '../patients/readings.ts';
import type { DeviceTransport, LinkTarget } from '../transport/transport.ts';
import type { UpdateContext } from '../update/modem-update.ts';
import type { BackoffPolicy } from './backoff.ts';
import type { FleetCounters } from './counters.ts';
import type { DeviceTwin } from './device-twin.ts';
import type { Schedule } from './schedule.ts';
import type { TimerWheel } from './timer-wheel.ts';

/** What the devices of one worker share. */
export interface DeviceContext {
  /** `undefined`: offers of updates are counted, and nobody answers them. */
  readonly updates: UpdateContext | undefined;
  readonly schedule: Schedule;
  readonly backoff: BackoffPolicy;
  readonly wheel: TimerWheel;
  readonly transport: DeviceTransport;
  /** Servers, in order; a device that must go elsewhere takes the next one. */
  readonly targets: readonly LinkTarget[];
  readonly counters: FleetCounters;
  /** Run time, ms since the epoch, never going back. */
  nowMs(): number;
  /** No reading is due from here on. */
  readonly endMs: number;
  tokenOf(index: number): string;
  createTwin(index: number, hooks: TwinHooks): DeviceTwin;
  valuesOf(index: number, slot: number): ArrayLike<number>;
  eventOf(index: number, slot: number, firstSlot: number): SlotEvent | null;
  /** A slot ended: the device made this frame. `nowMs`: when the generator was done with it. */
  made(index: number, frame: HeldFrame, nowMs: number): void;
  /** A slot that was due then made no reading, for the sake of an update. */
  notMade(dueMs: number): void;
  /** A frame was written to a socket for the first time. */
  firstSent(frame: HeldFrame): void;
  /** The device is done with a frame. */
  resolved(
    index: number,
    frame: HeldFrame,
    outcome: 'acknowledged' | 'dropped' | 'refused' | 'unacknowledged',
    nowMs: number,
  ): void;
}

/** A connection that did not come up in this time is given up: a backstop behind the transport's own limit. */
export const CONNECT_TIMEOUT_MS = 25_000;

/** Timers of the wheel: two for each device. */
export const TIMERS_PER_DEVICE = 2;
