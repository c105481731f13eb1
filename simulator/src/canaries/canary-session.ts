import { type DeviceCommand, type FrameAnswer, type Placement, REJECT_REASONS } from '@gaitway/contract';
import { LogCode, type Modem, type ProgramVersion, TICK_MS, type UpMessage } from '@gaitway/firmware';
import { FirmwareHangs, type Program } from '@gaitway/firmware/board';
import { countUnder } from '../fleet/counters.ts';
import { type ConnectionOwner, DeviceConnection } from '../fleet/device-connection.ts';
import { type DeviceContext, TIMERS_PER_DEVICE } from '../fleet/device-context.ts';
import type { FleetSession } from '../fleet/fleet-session.ts';
import { slotStartMs } from '../fleet/schedule.ts';
import type { CanaryCounts } from './canary-counts.ts';
import { CanaryUpdate, programOfBoot } from './canary-update.ts';
import { ModemBoard } from './modem-board.ts';
import { ReadingBook } from './reading-book.ts';
import { SlotCount } from './slot-count.ts';
import { wearableOf } from './wearable-of.ts';

/**
 * A board works off so many ticks at once, and then lets the others have their turn: in pieces of one tick it finds neither its
 * state nor its program in the processor's caches, and costs a sixth more.
 */
const STRIDE_TICKS_DEFAULT = 10;

export interface CanaryOptions {
  program: Program;
  /** Number of the device, as in its frames. */
  device: number;
  /** Number of the chip's first start. */
  boot: number;
  /** Where its patient wears it. */
  placement: Placement;
  /** The samples of a slot of this device's patient, 6 axes, one sample after the other. */
  samplesOf(slot: number): Int16Array;
  /** Its beats, if it has an optical sensor. */
  pulsesOf(slot: number): ArrayLike<number> | undefined;
  counts: CanaryCounts;
  /** At most so many ticks are worked off at once. */
  strideTicks?: number;
}

/**
 * One patient's device as a real chip: a board, its modem, and the same connection to the same server as a twin has.
 * Its readings are due when the schedule says so, since its first slot begins where a twin's does.
 *
 * What its chip does between two slots' ends nobody sees but the chip, so it is worked off in strides. It is on time where it
 * matters: when a slot ends, when something is heard for it, and in the tick after it was told that. What it says of itself in
 * between, a fall or a frame that goes again, leaves up to a stride later.
 */
export class CanarySession implements FleetSession, ConnectionOwner {
  private readonly context: DeviceContext;
  private readonly index: number;
  private readonly tickTimer: number;
  private readonly strideTicks: number;
  private readonly connection: DeviceConnection;
  /** For faults: something else may be said to the chip. */
  readonly board: ModemBoard;
  private readonly slots: SlotCount;
  private readonly book: ReadingBook;
  private readonly counts: CanaryCounts;
  private newestMessage = -1;
  /** It was told something in its last ticks, and may answer. */
  private wasTold = false;
  private hangs = false;
  private readonly program: Program;
  /** As its last boot frame says. */
  private version: ProgramVersion | undefined;
  private update: CanaryUpdate | undefined;
  private lastDueMs: number;

  /** `local`: its place in its process; decides its timers. Throws `FirmwareHangs` for a program that does not start. */
  constructor(context: DeviceContext, index: number, local: number, options: CanaryOptions) {
    const { schedule } = context;
    this.context = context;
    this.index = index;
    this.counts = options.counts;
    this.program = options.program;
    this.lastDueMs = slotStartMs(schedule, index, 0);
    this.tickTimer = local * TIMERS_PER_DEVICE;
    this.strideTicks = options.strideTicks ?? STRIDE_TICKS_DEFAULT;
    this.slots = new SlotCount({ slotMs: schedule.slotMs, mode: 'features' });
    this.book = new ReadingBook(options.device, {
      made: (reading) => context.made(index, reading, context.nowMs()),
      firstSent: (reading) => context.firstSent(reading),
      sentAgain: () => {
        context.counters.retransmitted++;
      },
      resolved: (reading, outcome) => context.resolved(index, reading, outcome, context.nowMs()),
    });
    this.board = new ModemBoard({
      program: options.program,
      boot: options.boot,
      ...wearableOf({
        ...{ schedule, index, device: options.device, placement: options.placement },
        samplesOf: options.samplesOf,
        pulsesOf: options.pulsesOf,
      }),
      hooks: {
        send: (frame) => this.send(frame),
        ticked: (atMs) => this.ticked(atMs),
        told: (message) => {
          this.wasTold = true;
          this.slots.told(message);
        },
        heard: (message) => this.heard(message),
        reset: (cause) => {
          this.slots.restart();
          this.counts.reset(cause);
        },
      },
    });
    this.connection = new DeviceConnection(context, index, this.tickTimer + 1, this);
    this.plan();
  }

  fired(timer: number): void {
    if (timer === this.tickTimer) this.hears(() => {});
    else this.connection.due();
  }

  finish(): void {
    this.context.wheel.clear(this.tickTimer);
    this.counts.worked(this.board.busyShare);
    this.book.finish();
    this.connection.close();
  }

  linkUp(): void {
    this.hears((modem) => modem.linkUp());
  }

  linkDown(): void {
    this.newestMessage = -1;
    // What the chip sends in the ticks that it is behind goes nowhere.
    this.board.modem.linkDown();
  }

  answered(messageId: number, answer: FrameAnswer): void {
    this.hears((modem) => modem.answered(messageId, answer));
    if (!('reject' in answer)) {
      this.book.acknowledged(answer.boot, answer.seq);
      this.update?.acknowledged(answer.boot, answer.seq);
    } else if (messageId === this.newestMessage && REJECT_REASONS[answer.reject].device === 'drop')
      this.book.refused();
  }

  command(command: DeviceCommand): void {
    if (command.command !== 'update_offer') return this.hears((modem) => modem.command(command));
    const { context, index, board, connection, program } = this;
    this.update ??= CanaryUpdate.of(
      { context, index, board, connection, program, lastDueMs: () => this.lastDueMs },
      this.version,
    );
    // Where nobody gives images the chip hears of it all the same.
    if (this.update === undefined) this.hears((modem) => modem.command(command));
    else this.update.offered(command);
  }

  /** The modem hears of something now: the chip is where it would be if it had been worked off tick by tick. */
  private hears(something: (modem: Modem) => void): void {
    const { board, context } = this;
    const nowMs = context.nowMs();
    try {
      // At the end of the run what was due before is still made, however late.
      const stepsMost = nowMs < context.endMs ? this.strideTicks : Number.POSITIVE_INFINITY;
      for (let steps = 0; steps < stepsMost && !this.hangs && board.nextTickMs <= nowMs; steps++)
        board.step();
    } catch (error) {
      if (!(error instanceof FirmwareHangs)) throw error;
      // On trial its modem brings the old program back.
      if (!this.update?.isOnTrial) {
        // The others go on. This one makes no reading any more, and what it owes stays unacknowledged.
        this.hangs = true;
        this.counts.hangs(this.index, error.message);
      }
    }
    something(board.modem);
    this.plan();
  }

  /** When it is worked off next. */
  private plan(): void {
    if (this.hangs) return;
    const { board, context } = this;
    const isOnTime = this.wasTold || board.modem.waiting > 0;
    this.wasTold = false;
    const ticks = isOnTime ? 1 : Math.min(this.strideTicks, this.slots.ticksLeft);
    // Not in this turn of the wheel, however late it is.
    const atMs = Math.max(board.nextTickMs + (ticks - 1) * TICK_MS, context.nowMs() + 1);
    context.wheel.set(this.tickTimer, atMs);
  }

  /** The chip began a tick: the last one of a slot makes a reading due. */
  private ticked(atMs: number): void {
    const ended = this.slots.tick();
    if (ended === undefined || atMs >= this.context.endMs) return;
    this.lastDueMs = atMs;
    const { slotMs } = this.context.schedule;
    const lengthMs = ended.ticks * TICK_MS;
    this.book.due({
      startMs: atMs - lengthMs,
      dueMs: atMs,
      slotMs: ended.raw ? slotMs : lengthMs,
      raw: ended.raw,
    });
  }

  private send(frame: Uint8Array): number {
    const { context } = this;
    this.newestMessage = -1;
    this.version = programOfBoot(frame) ?? this.version;
    if (this.update?.isMute) return -1;
    this.book.frame(frame, context.nowMs(), context.endMs, () => {
      this.newestMessage = this.connection.send(frame);
    });
    this.update?.frame(frame);
    return this.newestMessage;
  }

  private heard(message: UpMessage): void {
    if (message.type === 'log' && message.code === LogCode.updateOffer) this.update?.taken(message.value);
    if (message.type === 'damaged') this.counts.damaged++;
    else if (message.type === 'log' && message.code !== LogCode.started)
      countUnder(this.counts.logs, String(message.code));
  }
}
