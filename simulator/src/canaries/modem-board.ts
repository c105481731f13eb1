import { ResetCause, SLOT_MS_DEFAULT } from '@gaitway/contract';
import { type DownMessage, Modem, TICK_MS, type UpMessage } from '@gaitway/firmware';
import {
  Board,
  CYCLES_PER_MS,
  Eeprom,
  FirmwareHangs,
  type Program,
  type WearableSettings,
  wearableEeprom,
} from '@gaitway/firmware/board';
import { LifeWatch } from './life-watch.ts';

const TICK_CYCLES = TICK_MS * CYCLES_PER_MS;
/** What belongs to a tick is over by then, and the next one has not begun. */
const STEP_END_CYCLES = 19 * CYCLES_PER_MS;
/** Longer than any watchdog takes: the longest is 8 s. */
const PATIENCE_SECONDS = 10;
const PATIENCE_STEPS = (PATIENCE_SECONDS * 1000) / TICK_MS;

export interface ModemBoardHooks {
  /** The modem puts a frame on the connection; gives the number of its answer. The bytes are the receiver's. */
  send(frame: Uint8Array, flight: number): number;
  /** The chip began a tick, and its time. What the modem is told from inside is said after this tick. */
  ticked?(atMs: number): void;
  /** The chip said something, readable or not. */
  heard?(message: UpMessage): void;
  /** The modem says something after the present tick. */
  told?(message: DownMessage): void;
  reset?(cause: ResetCause): void;
}

export interface ModemBoardOptions {
  program: Program;
  /** What lies in the EEPROM; its ranges are those of `samples`, too. Default: 8 g and 1000 deg/s. */
  settings: WearableSettings;
  /** Number of the chip's first start. */
  boot: number;
  /** Start of the chip's first slot, ms since the epoch: from here on its time runs. */
  startMs: number;
  /** Fills the sample that lies `index` ticks of 20 ms after `startMs`; `false`: the sensor does not answer then. */
  samples(index: number, into: Int16Array): boolean;
  /** The beat that a hub found at that sample, as the board's `pulses`. Without it there is no hub on the bus. */
  pulses?(index: number): number | undefined;
  /** The battery at that sample, mV. */
  batteryMv(index: number): number;
  hooks: ModemBoardHooks;
}

/**
 * A wearable's chip on its board together with its modem, in the time of a run. It has no clock: {@link step} works off
 * the next 20 ms, and {@link nextTickMs} says when they are due. The chip is started before `startMs`, so that its first
 * slot begins there.
 *
 * A step takes as much emulated time whatever the chip does, so a chip that hangs costs at most 20 ms of a busy chip a
 * step, and its watchdog bites when it is time. One that its watchdog does not help is noticed here.
 */
export class ModemBoard {
  readonly modem: Modem;
  private readonly board: Board;
  private readonly startMs: number;
  /** Cycle at which the first slot began. */
  private zeroCycle = 0;
  private steps = 0;
  private silentSteps = 0;
  private readonly life: LifeWatch;
  /** The tick in which it was last known to do its work, and that in which it was found not to. */
  private heardAtTick = -1;
  private deadAtTick = -1;
  private isHeld = false;
  /** What it is let go with, and when. */
  private next: { cause: ResetCause; program: Program; atMs: number } | undefined;
  private sampleIndex = 0;

  /** Throws {@link FirmwareHangs} for a program that never comes to its first tick. */
  constructor(options: ModemBoardOptions) {
    const { program, settings, boot, hooks, samples, pulses, batteryMv } = options;
    this.startMs = options.startMs;
    this.life = new LifeWatch(settings.slotMs ?? SLOT_MS_DEFAULT);
    this.modem = new Modem({ send: hooks.send });
    const heard = (message: UpMessage): void => {
      if (message.type === 'frame') {
        this.life.heard();
        // The first ones come while the board is made.
        this.heardAtTick = this.board?.tick ?? -1;
      }
      hooks.heard?.(message);
      this.modem.heard(message);
    };
    const ticked = (tick: number, atCycle: number): void => {
      if (tick === 0) this.zeroCycle = atCycle - TICK_CYCLES;
      const atMs = this.msOf(atCycle);
      this.sampleIndex = Math.round((atMs - this.startMs) / TICK_MS) - 1;
      hooks.ticked?.(atMs);
      if (this.life.tick()) this.deadAtTick = tick;
      for (const message of this.modem.toChip(atMs)) {
        hooks.told?.(message);
        this.life.told(message);
        this.board.deliver(message, tick);
      }
    };
    this.board = new Board({
      program,
      eeprom: new Eeprom(wearableEeprom(settings, (boot - 1) & 0xffff)),
      // A program that sets the sensor otherwise gets the same motion in other counts.
      ranges: { accelRange: settings.accelRange ?? 2, gyroRange: settings.gyroRange ?? 2 },
      // Before its first tick the program sets the sensor up, which answers without a sample.
      samples: (tick, into) => tick < 0 || samples(this.sampleIndex, into),
      ...(pulses ? { pulses: () => pulses(this.sampleIndex) } : {}),
      batteryMv: () => batteryMv(this.sampleIndex),
      patienceSeconds: PATIENCE_SECONDS,
      hooks: {
        onFrame: (flight, bytes) => heard({ type: 'frame', flight, bytes }),
        onLog: (code, value) => heard({ type: 'log', code, value }),
        onDamaged: (bytes, says) => heard({ type: 'damaged', bytes, says }),
        onTick: ticked,
        onReset: (cause) => {
          this.life.restart();
          hooks.reset?.(cause);
        },
      },
    });
    this.board.runToTick(0);
  }

  /** When the next step is due, ms since the epoch. */
  get nextTickMs(): number {
    return this.startMs + (this.steps + 2) * TICK_MS;
  }

  /** The tick that the chip began last, counted over all its starts. */
  get tick(): number {
    return this.board.tick;
  }

  /** Share of its time in which the chip worked. */
  get busyShare(): number {
    return this.board.activeCycles / this.board.cycle;
  }

  /**
   * The next 20 ms. Throws {@link FirmwareHangs} when the chip has not ticked for longer than any watchdog takes, or when it
   * ticks and sends nothing of two slots.
   */
  step(): void {
    const before = this.board.tick;
    this.steps += 1;
    if (this.isHeld && !this.isLetGo()) {
      // Its cycles stand still, and time goes on.
      this.zeroCycle -= TICK_CYCLES;
      return;
    }
    this.board.runToCycle(this.zeroCycle + (this.steps + 1) * TICK_CYCLES + STEP_END_CYCLES);
    this.silentSteps = this.board.tick === before ? this.silentSteps + 1 : 0;
    if (this.deadAtTick >= 0) this.died();
    if (this.silentSteps < PATIENCE_STEPS) return;
    this.silentSteps = 0;
    throw new FirmwareHangs(this.board.tick, PATIENCE_SECONDS);
  }

  /** The chip is held in reset from the next step on. */
  hold(): void {
    this.isHeld = true;
    this.next = undefined;
  }

  /** It is let go with this program, at the beginning of the step that this moment lies before. */
  letGo(cause: ResetCause, program: Program, atMs: number): void {
    this.next = { cause, program, atMs };
  }

  /** It is told once: who plays it on, as the modem that brings an old program back does, hears of the next time. */
  private died(): never {
    const seconds = ((this.deadAtTick - this.heardAtTick) * TICK_MS) / 1000;
    this.deadAtTick = -1;
    this.life.restart();
    throw new FirmwareHangs(
      this.heardAtTick,
      seconds,
      `the firmware hangs: it ticks, and sends no frame since tick ${this.heardAtTick}, for ${seconds} s, in which two slots ended. ` +
        'Does its main loop run, and does it send to a modem whose link is up?',
    );
  }

  private isLetGo(): boolean {
    const { next } = this;
    if (next === undefined || this.startMs + this.steps * TICK_MS < next.atMs) return false;
    this.isHeld = false;
    this.silentSteps = 0;
    this.board.restart(next.cause === ResetCause.powerOn ? 'powerOn' : 'external', next.program);
    return true;
  }

  private msOf(cycle: number): number {
    return this.startMs + Math.round((cycle - this.zeroCycle) / CYCLES_PER_MS);
  }
}
