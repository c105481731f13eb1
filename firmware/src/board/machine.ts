import { ResetCause } from '@gaitway/contract';
import {
  AVRADC,
  AVRClock,
  AVREEPROM,
  AVRTimer,
  AVRTWI,
  AVRUSART,
  AVRWatchdog,
  adcConfig,
  CPU,
  timer0Config,
  timer1Config,
  timer2Config,
  twiConfig,
  usart0Config,
  watchdogConfig,
} from 'avr8js';
import { type CpuInside, insideCpu, insideTimer, type TimerInside } from './avr8js-private.ts';
import { wireBattery } from './battery.ts';
import { CPU_HZ, Register, SRAM_AT, SRAM_BYTES } from './chip.ts';
import type { Eeprom } from './eeprom.ts';
import { type BusDevice, TwoWireBus } from './two-wire.ts';
import type { SerialLine } from './uart.ts';

/** What a chip finds around it when it starts. */
export interface Surroundings {
  readonly program: Uint16Array;
  readonly eeprom: Eeprom;
  readonly line: SerialLine;
  readonly devices: readonly BusDevice[];
  readonly busIsStuck: () => boolean;
  readonly batteryMv: () => number;
}

const WDCE = 0x10;
const WDE = 0x08;

/**
 * The chip in one of its lives: from a reset to the next. avr8js resets a part of itself only (old events survive,
 * timers and I/O keep their state), so a reset makes a new machine, which takes over the SRAM and the time.
 */
export class Machine {
  readonly cpu: CPU;
  readonly inside: CpuInside;
  readonly timers: readonly TimerInside[];
  /** The watchdog wants a reset. Who runs the machine makes the next one, between two instructions. */
  watchdogFired = false;

  /** `sram`: what it holds at the start. `atCycle`: cycles since the board was made. */
  constructor(around: Surroundings, sram: Uint8Array, atCycle: number, cause: ResetCause) {
    // A store beyond the SRAM is lost, as in the chip; with avr8js's default of 8 KB it would be kept.
    const cpu = new CPU(around.program, SRAM_BYTES);
    cpu.cycles = atCycle;
    cpu.data.set(sram, SRAM_AT);
    cpu.data[Register.MCUSR] = cause;
    cpu.reset = () => {
      this.watchdogFired = true;
    };
    this.cpu = cpu;
    this.inside = insideCpu(cpu);
    this.timers = [timer0Config, timer1Config, timer2Config].map((config) =>
      insideTimer(new AVRTimer(cpu, config)),
    );
    around.line.attach(cpu, new AVRUSART(cpu, usart0Config, CPU_HZ));
    new TwoWireBus(cpu, new AVRTWI(cpu, twiConfig, CPU_HZ), around.devices, around.busIsStuck);
    wireBattery(cpu, new AVRADC(cpu, adcConfig), around.batteryMv);
    new AVREEPROM(cpu, around.eeprom);
    new AVRWatchdog(cpu, watchdogConfig, new AVRClock(cpu, CPU_HZ));
    // After a watchdog reset the watchdog runs on, at its shortest time of 16 ms, until the program stops it.
    if ((cause & ResetCause.watchdog) !== 0) {
      cpu.writeData(Register.WDTCSR, WDCE | WDE);
      cpu.writeData(Register.WDTCSR, WDE);
    }
  }

  /** What the SRAM holds now. */
  sram(): Uint8Array {
    return this.cpu.data.slice(SRAM_AT);
  }
}
