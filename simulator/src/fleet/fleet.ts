import { type Clock, type FrameKind, HEADER, isReading, type TimerHandle } from '@gaitway/contract';
import type { HeldFrame, ProgramVersion, TwinHooks } from '@gaitway/firmware';
import type { ReadingOutcome } from '../ledger/ledger-format.ts';
import type { SlotEvent } from '../patients/readings.ts';
import type { DeviceTransport, LinkTarget } from '../transport/transport.ts';
import type { ImageSource } from '../update/image-source.ts';
import type { UpdateContext } from '../update/modem-update.ts';
import { type UpdateFaultShares, updateFaultOf } from '../update/update-faults.ts';
import { BACKOFF_DEFAULT, type BackoffPolicy } from './backoff.ts';
import { countUnder, type FleetCounters } from './counters.ts';
import { type DeviceContext, TIMERS_PER_DEVICE } from './device-context.ts';
import { DeviceSession } from './device-session.ts';
import type { DeviceTwin } from './device-twin.ts';
import { type FiguresEnd, type FiguresSnapshot, FleetFigures } from './fleet-figures.ts';
import type { FleetSession } from './fleet-session.ts';
import { cutShort, type FleetPhase, type FleetPhases, phaseAt } from './phases.ts';
import type { Schedule } from './schedule.ts';
import { deviceIndexOf, type Share, shareSize } from './share.ts';
import { TimerWheel } from './timer-wheel.ts';

/** What the fleet tells of every reading; a `LedgerWriter` is one. */
export interface FleetLedger {
  made(index: number, bytes: Uint8Array): void;
  resolve(index: number, bytes: Uint8Array, outcome: ReadingOutcome, everSent: boolean): void;
  finish(): void;
}

export interface FleetOptions {
  clock: Clock;
  transport: DeviceTransport;
  targets: readonly LinkTarget[];
  share: Share;
  schedule: Schedule;
  phases: FleetPhases;
  /** A reading that is taken up later than this after it was due was not sent on time. */
  lateMs: number;
  tokenOf(index: number): string;
  createTwin(index: number, hooks: TwinHooks): DeviceTwin;
  /** Default: a {@link DeviceSession}, which plays a twin. */
  createSession?(context: DeviceContext, index: number, local: number): FleetSession;
  /** The feature values of a slot; they may be overwritten by the next call. */
  valuesOf(index: number, slot: number): ArrayLike<number>;
  /** What the device, which started with `firstSlot`, tells within a slot besides its values; left out: nothing, ever. */
  eventOf?(index: number, slot: number, firstSlot: number): SlotEvent | null;
  ledger: FleetLedger;
  backoff?: BackoffPolicy;
  /** Where devices get the images of updates that they are offered; left out: they answer no offer. */
  images?: ImageSource;
  /** Whose updates fail, and how; left out: nobody's. */
  updateFaults?: UpdateFaultShares;
  /** See `TimerWheel`. Readings are then late by up to so much, which counts as the generator's lag. */
  wakeEveryMs?: number;
}

/** Events are sent and acknowledged as readings are, and are none: no figure of readings counts them. */
function isOfReading({ bytes }: HeldFrame): boolean {
  return isReading(bytes[HEADER.kind] as FrameKind);
}

/** A look at a running fleet. */
export interface FleetSnapshot extends FiguresSnapshot {
  atMs: number;
  phase: FleetPhase;
}

/** What one worker's fleet comes to. */
export interface FleetEnd extends FiguresEnd {
  /** When drain ended, ms since the epoch. */
  endedMs: number;
  interrupted: boolean;
}

/**
 * The devices of one worker, from their first connection to the end of drain: over one wheel, one clock, one
 * transport. Worker processes and the whole-system simulation run the same.
 *
 * Run time is the wall clock at construction, carried on by the monotonic clock: a stepped wall clock does
 * not move a reading.
 */
export class Fleet {
  readonly counters: FleetCounters;
  /** Called when drain is over, before the devices leave: the last moment at which figures are about the run. */
  ending: () => void = () => {};
  /** Resolves when drain is over and the ledger is finished. */
  readonly finished: Promise<FleetEnd>;
  private readonly options: FleetOptions;
  private readonly offsetMs: number;
  private readonly wheel: TimerWheel;
  private readonly sessions: FleetSession[] = [];
  private readonly figures: FleetFigures;
  private phases: FleetPhases;
  private outstanding = 0;
  private draining = false;
  private ended = false;
  private interrupted = false;
  private phaseTimer: TimerHandle;
  private settle!: (end: FleetEnd) => void;
  private fail!: (error: unknown) => void;

  constructor(options: FleetOptions) {
    const { clock, share, schedule, phases, lateMs } = options;
    this.options = options;
    this.phases = phases;
    this.offsetMs = clock.epochMs() - clock.monotonicMs();
    this.figures = new FleetFigures(phases, lateMs);
    this.counters = this.figures.counters;
    this.finished = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
    const size = shareSize(schedule.devices, share);
    this.wheel = new TimerWheel({
      clock,
      nowMs: () => this.nowMs(),
      capacity: size * TIMERS_PER_DEVICE,
      fire: (timer) => this.fired(timer),
      ...(options.wakeEveryMs === undefined ? {} : { wakeEveryMs: options.wakeEveryMs }),
    });
  }

  /** Run time, ms since the epoch. */
  nowMs(): number {
    return this.offsetMs + this.options.clock.monotonicMs();
  }

  get phase(): FleetPhase {
    if (this.ended) return 'finished';
    return this.draining ? 'drain' : phaseAt(this.phases, this.nowMs());
  }

  /** Makes the devices; each connects when its moment comes. */
  start(): void {
    const { share, schedule } = this.options;
    const context = this.context();
    const size = shareSize(schedule.devices, share);
    for (let local = 0; local < size; local++) {
      const index = deviceIndexOf(local, share);
      this.sessions.push(
        this.options.createSession?.(context, index, local) ?? new DeviceSession(context, index, local),
      );
    }
    this.await(this.phases.measureToMs, () => this.drain());
  }

  /** The device with this index, if this worker plays a twin for it: for faults. */
  device(index: number): DeviceSession | undefined {
    const { worker, workers } = this.options.share;
    const session = index % workers === worker ? this.sessions[(index - worker) / workers] : undefined;
    return session instanceof DeviceSession ? session : undefined;
  }

  /** Makes no new readings from now on, and ends as drain does. */
  interrupt(): void {
    if (this.draining) return;
    this.interrupted = true;
    this.phases = cutShort(this.phases, this.nowMs());
    this.drain();
  }

  /** Ends now: what is not acknowledged stays so. */
  end(): void {
    if (this.ended) return;
    const { clock, ledger } = this.options;
    clock.clearTimer(this.phaseTimer);
    try {
      this.figures.countConnected();
      this.ending();
      this.ended = true;
      const endedMs = this.nowMs();
      for (const session of this.sessions) session.finish();
      this.wheel.stop();
      ledger.finish();
      this.settle({ ...this.figures.end(endedMs), endedMs, interrupted: this.interrupted });
    } catch (error) {
      this.fail(error);
    }
  }

  snapshot(): FleetSnapshot {
    this.figures.countConnected();
    return { atMs: this.nowMs(), phase: this.phase, ...this.figures.snapshot() };
  }

  private drain(): void {
    this.draining = true;
    // Slots that were due before and are only late still fire: the wheel is behind by them, not free of them.
    this.wheel.advance();
    if (this.outstanding === 0) this.end();
    else this.await(this.phases.drainToMs, () => this.end());
  }

  private await(atMs: number, then: () => void): void {
    const { clock } = this.options;
    clock.clearTimer(this.phaseTimer);
    this.phaseTimer = clock.setTimer(Math.max(0, atMs - this.nowMs()), () => {
      // A timer of the machine may come up to a millisecond early.
      if (this.nowMs() < atMs) this.await(atMs, then);
      else then();
    });
  }

  private fired(timer: number): void {
    try {
      this.sessions[Math.floor(timer / TIMERS_PER_DEVICE)]!.fired(timer);
    } catch (error) {
      this.abort(error);
    }
  }

  /** A bug, or a ledger that cannot be written: the run cannot go on. */
  private abort(error: unknown): void {
    this.ended = true;
    this.wheel.stop();
    this.options.clock.clearTimer(this.phaseTimer);
    this.fail(error);
  }

  private updates(): UpdateContext | undefined {
    const { clock, images, schedule, tokenOf, updateFaults = {} } = this.options;
    if (images === undefined) return undefined;
    const versions = new Map<string, ProgramVersion>();
    return {
      images,
      nowMs: () => this.nowMs(),
      after: (delayMs, then) =>
        clock.setTimer(Math.max(0, delayMs), () => {
          if (this.ended) return;
          try {
            then();
          } catch (error) {
            this.abort(error);
          }
        }),
      clearAfter: (timer) => clock.clearTimer(timer),
      tokenOf,
      faultOf: (index, version) => updateFaultOf(schedule.seed, updateFaults, index, version),
      updated: (outcome) => countUnder(this.counters.updates, outcome),
      shared: (version) => {
        const name = `${version.firmware} ${version.hash}`;
        return versions.get(name) ?? versions.set(name, version).get(name)!;
      },
    };
  }

  private context(): DeviceContext {
    const fleet = this;
    const { options, counters, figures } = this;
    return {
      schedule: options.schedule,
      backoff: options.backoff ?? BACKOFF_DEFAULT,
      wheel: this.wheel,
      transport: options.transport,
      targets: options.targets,
      counters,
      nowMs: () => this.nowMs(),
      get endMs() {
        return fleet.phases.measureToMs;
      },
      tokenOf: options.tokenOf,
      createTwin: options.createTwin,
      updates: this.updates(),
      valuesOf: options.valuesOf,
      eventOf: options.eventOf ?? (() => null),
      made: (index, frame, nowMs) => {
        this.outstanding++;
        if (isOfReading(frame)) figures.made(frame, nowMs);
        try {
          options.ledger.made(index, frame.bytes);
        } catch (error) {
          this.abort(error);
        }
      },
      notMade: (dueMs) => figures.notMade(dueMs),
      firstSent: (frame) => {
        if (isOfReading(frame)) figures.firstSent(frame);
      },
      resolved: (index, frame, outcome, nowMs) => {
        if (isOfReading(frame)) figures.resolved(frame, outcome, nowMs);
        try {
          options.ledger.resolve(index, frame.bytes, outcome, frame.firstSentMs >= 0);
        } catch (error) {
          this.abort(error);
        }
        this.outstanding--;
        if (this.draining && this.outstanding === 0 && !this.ended)
          this.await(this.nowMs(), () => this.end());
      },
    };
  }
}
