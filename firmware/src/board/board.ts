import { ResetCause } from '@gaitway/contract';
import { avrInstruction } from 'avr8js';
import { type DownMessage, encodeDown } from '../link/down-message.ts';
import { UpReader } from '../link/up-reader.ts';
import type { BoardHooks, BoardSettings } from './board-settings.ts';
import { CYCLES_PER_MS, Opcode, Register, SRAM_BYTES, TICK_VECTOR } from './chip.ts';
import { Eeprom } from './eeprom.ts';
import { FirmwareHangs } from './firmware-hangs.ts';
import type { Program } from './intel-hex.ts';
import { Machine, type Surroundings } from './machine.ts';
import { Max32664 } from './max32664.ts';
import { Mpu6050 } from './mpu6050.ts';
import { onlyCounts, SleepMode, wakeCycle } from './sleep.ts';
import { type Traces, tracesOf } from './translate/traces.ts';
import { SerialLine } from './uart.ts';

const BATTERY_MV_DEFAULT = 3700;
const POWER_ON_BYTE_DEFAULT = 0xa5;
/** The chip's own work of a tick is done by then, and there is time left for an answer. */
export const DELIVERY_AFTER_TICK_CYCLES = 10 * CYCLES_PER_MS;
/** What belongs to a tick is over by then, and the next tick has not begun. */
const TICK_END_CYCLES = 19 * CYCLES_PER_MS;
/** A watchdog bites after 8 s at the latest. */
const PATIENCE_SECONDS_DEFAULT = 10;
/** From the interrupt's request to its first instruction, in idle sleep (datasheet, "Interrupt Response Time"). */
const WAKE_CYCLES = 4;
const SLEEP_ENABLE = 0x01;

/**
 * The wearable: chip, motion sensor, perhaps a hub for the heart, battery, and the line to a modem. It has no clock and does no I/O: who runs it
 * says how far, and what happens to it happens at a tick, counted from 0 over all resets. So the same calls give
 * the same bytes, whatever the pieces in which it is run.
 */
export class Board {
  readonly eeprom: Eeprom;
  readonly line: SerialLine;
  /** Number of the tick that the chip began last; -1: none yet. */
  tick = -1;
  /** Cycles in which the chip worked. The rest of {@link cycle} it slept. */
  activeCycles = 0;
  private readonly hooks: BoardHooks;
  private readonly sensor: Mpu6050;
  private readonly hub: Max32664 | undefined;
  private readonly mode: SleepMode;
  private readonly powerOnByte: number;
  private readonly patienceSeconds: number;
  private readonly reader = new UpReader();
  private readonly toDeliver = new Map<number, Uint8Array[]>();
  private around: Surroundings;
  private traces: Traces | undefined;
  private machine: Machine;
  private asleep = false;
  private tickCycle = 0;
  /** When the first byte of the message that is under way had gone. */
  private messageCycle = -1;

  constructor(settings: BoardSettings) {
    const { batteryMv, busIsStuck } = settings;
    this.hooks = settings.hooks ?? {};
    this.mode = settings.sleep ?? SleepMode.skip;
    this.traces = settings.translate === false ? undefined : tracesOf(settings.program.words);
    this.powerOnByte = settings.powerOnByte ?? POWER_ON_BYTE_DEFAULT;
    this.patienceSeconds = settings.patienceSeconds ?? PATIENCE_SECONDS_DEFAULT;
    this.eeprom = settings.eeprom ?? new Eeprom();
    this.sensor = new Mpu6050(settings.samples, settings.ranges);
    this.hub = settings.pulses === undefined ? undefined : new Max32664(settings.pulses);
    this.line = new SerialLine((value, atCycle) => this.sent(value, atCycle));
    this.around = {
      program: settings.program.words,
      eeprom: this.eeprom,
      line: this.line,
      devices: this.hub === undefined ? [this.sensor] : [this.sensor, this.hub],
      busIsStuck: () => busIsStuck?.(this.tick) ?? false,
      batteryMv: () => batteryMv?.(this.tick) ?? BATTERY_MV_DEFAULT,
    };
    this.machine = new Machine(this.around, this.powerOnSram(), 0, ResetCause.powerOn);
  }

  /** Cycles since the board was made, at 16 MHz. */
  get cycle(): number {
    return this.machine.cpu.cycles;
  }

  /** What the chip's SRAM holds now, from its first byte: for looking at the stack's high-water mark. */
  sram(): Uint8Array {
    return this.machine.sram();
  }

  /**
   * The modem says something after the chip's work of tick `afterTick`: the first message's first byte begins 10 ms
   * after the tick. Several messages of a tick follow each other.
   */
  deliver(message: DownMessage, afterTick: number): void {
    this.deliverBytes(encodeDown(message), afterTick);
  }

  /** As `deliver`, for bytes as they go over the line: whatever they are. */
  deliverBytes(bytes: Uint8Array, afterTick: number): void {
    if (afterTick < 0 || afterTick < this.tick || this.isLate(afterTick)) {
      throw new RangeError(
        `cannot deliver after tick ${afterTick}: the board is at tick ${this.tick} already`,
      );
    }
    if (afterTick === this.tick) this.line.send(bytes, this.tickCycle + DELIVERY_AFTER_TICK_CYCLES);
    else this.toDeliver.set(afterTick, [...(this.toDeliver.get(afterTick) ?? []), bytes]);
  }

  /** Runs until tick `tick` and what belongs to it is over; the next one has not begun. Throws {@link FirmwareHangs}. */
  runToTick(tick: number): void {
    const patienceCycles = this.patienceSeconds * 1000 * CYCLES_PER_MS;
    while (this.tick < tick) {
      const before = this.tick;
      this.run(this.cycle + patienceCycles, before + 1);
      if (this.tick === before) throw new FirmwareHangs(before, this.patienceSeconds);
    }
    this.run(this.tickCycle + TICK_END_CYCLES);
  }

  /** Runs until the given cycle: at most the last instruction's length beyond it. */
  runToCycle(cycle: number): void {
    this.run(cycle);
  }

  /**
   * A reset from outside. Power-on fills the SRAM and starts the sensor anew; the others keep both. A new program
   * stands for an update: the chip cannot write its own flash here.
   */
  restart(cause: 'powerOn' | 'external' | 'brownOut', program?: Program): void {
    if (program !== undefined) {
      this.around = { ...this.around, program: program.words };
      if (this.traces !== undefined) this.traces = tracesOf(program.words);
    }
    const fresh = cause === 'powerOn';
    if (fresh) {
      this.sensor.powerOn();
      this.hub?.powerOn();
    }
    this.begin(ResetCause[cause], fresh ? this.powerOnSram() : this.machine.sram());
  }

  private begin(cause: ResetCause, sram: Uint8Array): void {
    const { cycle } = this;
    this.machine = new Machine(this.around, sram, cycle, cause);
    this.asleep = false;
    this.reader.reset();
    this.messageCycle = -1;
    this.hooks.onReset?.(cause, cycle);
  }

  private powerOnSram(): Uint8Array {
    return new Uint8Array(SRAM_BYTES).fill(this.powerOnByte);
  }

  private isLate(afterTick: number): boolean {
    return afterTick === this.tick && this.cycle > this.tickCycle + DELIVERY_AFTER_TICK_CYCLES;
  }

  /** Goes on until a cycle, or until a tick begins. */
  private run(until: number, untilTick = Number.POSITIVE_INFINITY): void {
    while (this.cycle < until && this.tick < untilTick) {
      if (this.asleep) this.sleepOn(until);
      else this.work(until, untilTick);
      if (this.machine.watchdogFired) this.begin(ResetCause.watchdog, this.machine.sram());
    }
  }

  /** Executes instructions until the chip sleeps, is reset, or has reached its goal. */
  private work(until: number, untilTick: number): void {
    const { machine } = this;
    const { cpu } = machine;
    const from = cpu.cycles;
    const { traces } = this;
    do {
      if (
        traces === undefined ||
        (cpu.nextInterrupt >= 0 && cpu.interruptsEnabled) ||
        !this.trace(traces, until)
      )
        this.step();
    } while (!this.asleep && !machine.watchdogFired && cpu.cycles < until && this.tick < untilTick);
    this.activeCycles += cpu.cycles - from;
  }

  /**
   * Runs what was translated, up to the next event; `false`: there was nothing to run. Nothing in it can change what
   * is due or pending, so that it is the same as executing instruction by instruction, cycle for cycle;
   * `translate.test.ts` holds it to that.
   */
  private trace(traces: Traces, until: number): boolean {
    const { cpu, inside, timers } = this.machine;
    const { data, progBytes } = cpu;
    const from = cpu.cycles;
    // Most of the time the next event is far enough away, and which one it is need not be known.
    let horizon = Math.min(until, inside.nextClockEvent?.cycles ?? until);
    let isLast = false;
    for (;;) {
      const budget = horizon - cpu.cycles;
      const trace = traces.at(cpu.pc);
      if (trace.cyclesMax <= budget) {
        const used = trace.run(cpu, data, progBytes, budget);
        if (used === 0) break;
        cpu.cycles += used;
      } else if (isLast || trace.cyclesMax === Number.POSITIVE_INFINITY) break;
      else {
        horizon = Math.min(until, wakeCycle(inside, timers, SleepMode.skip, cpu.cycles));
        isLast = true;
      }
    }
    if (cpu.cycles === from) return false;
    this.settle();
    return true;
  }

  /** One instruction, executed by avr8js. */
  private step(): void {
    const { cpu } = this.machine;
    const opcode = cpu.progMem[cpu.pc];
    avrInstruction(cpu);
    if (opcode === Opcode.SLEEP) {
      this.asleep = (cpu.data[Register.SMCR]! & SLEEP_ENABLE) !== 0 && this.mode !== SleepMode.ignored;
      if (this.asleep) return;
    }
    // After these the chip executes one more instruction before any interrupt. Without it `sei; sleep` would take the
    // interrupt that it waits for before it sleeps.
    if (opcode !== Opcode.SEI && opcode !== Opcode.RETI) this.settle();
  }

  /** What is due after an instruction: one event, and one interrupt. Counts of timers that change nothing go first. */
  private settle(): void {
    const { cpu, inside, timers } = this.machine;
    while (onlyCounts(inside, timers, cpu.cycles)) if (this.pulse()) return;
    const { nextClockEvent } = inside;
    if (cpu.nextInterrupt >= 0 || (nextClockEvent !== null && nextClockEvent.cycles <= cpu.cycles))
      this.pulse();
  }

  /** Sleeps until an interrupt, or until a cycle. Without interrupts only a reset ends it. */
  private sleepOn(until: number): void {
    const { machine } = this;
    const { cpu, inside, timers } = machine;
    while (!machine.watchdogFired) {
      if (!(cpu.nextInterrupt >= 0 && cpu.interruptsEnabled)) {
        const wake = wakeCycle(inside, timers, this.mode, cpu.cycles);
        if (wake > until) {
          cpu.cycles = until;
          return;
        }
        if (wake > cpu.cycles) cpu.cycles = wake;
      }
      const from = cpu.cycles;
      if (this.pulse()) {
        this.asleep = false;
        cpu.cycles += WAKE_CYCLES;
        this.activeCycles += cpu.cycles - from;
        return;
      }
    }
  }

  /** One step of avr8js's clock: an event that is due, and an interrupt, if one is taken. */
  private pulse(): boolean {
    const { cpu } = this.machine;
    const { pc } = cpu;
    cpu.tick();
    if (cpu.pc === pc) return false;
    if (cpu.pc === TICK_VECTOR) this.ticked(cpu.cycles);
    return true;
  }

  private ticked(atCycle: number): void {
    this.tick += 1;
    this.tickCycle = atCycle;
    this.sensor.sampleNumber = this.tick;
    this.hooks.onTick?.(this.tick, atCycle);
    this.hub?.tick(this.tick);
    const messages = this.toDeliver.get(this.tick);
    if (messages === undefined) return;
    this.toDeliver.delete(this.tick);
    for (const bytes of messages) this.line.send(bytes, atCycle + DELIVERY_AFTER_TICK_CYCLES);
  }

  private sent(value: number, atCycle: number): void {
    if (this.messageCycle < 0) this.messageCycle = atCycle;
    const message = this.reader.push(value);
    if (value !== 0) return;
    const fromCycle = this.messageCycle;
    this.messageCycle = -1;
    if (message === undefined) return;
    const { hooks } = this;
    if (message.type === 'frame') hooks.onFrame?.(message.flight, message.bytes, atCycle, fromCycle);
    else if (message.type === 'log') hooks.onLog?.(message.code, message.value, atCycle);
    else hooks.onDamaged?.(message.bytes, message.says, atCycle);
  }
}
