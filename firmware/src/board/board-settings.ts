import type { ResetCause } from '@gaitway/contract';
import type { BatterySource } from './battery.ts';
import type { Eeprom } from './eeprom.ts';
import type { Program } from './intel-hex.ts';
import type { PulseSource } from './max32664.ts';
import type { SampleRanges, SampleSource } from './mpu6050.ts';
import type { SleepMode } from './sleep.ts';

/** What the board tells its host. `atCycle`: when the last byte's stop bit ended, `fromCycle`: the first one's. */
export interface BoardHooks {
  onFrame?(flight: number, bytes: Uint8Array, atCycle: number, fromCycle: number): void;
  onLog?(code: number, value: number, atCycle: number): void;
  /** Bytes that are no message. */
  onDamaged?(bytes: Uint8Array, says: string, atCycle: number): void;
  /** The chip began its tick: from now on its sensor gives this sample. */
  onTick?(sampleNumber: number, atCycle: number): void;
  onReset?(cause: ResetCause, atCycle: number): void;
}

export interface BoardSettings {
  program: Program;
  samples: SampleSource;
  /** The ranges of `samples`; without them counts are of whatever ranges the program sets. */
  ranges?: SampleRanges;
  /** The beats that the hub of an optical sensor finds. Without it there is no hub on the bus. */
  pulses?: PulseSource;
  hooks?: BoardHooks;
  /** Keeps what it holds over every reset; give the same one to a later board, and the device lives on. */
  eeprom?: Eeprom;
  /** Default: 3700 mV. */
  batteryMv?: BatterySource;
  /** `true` at a sample: something holds the sensor's bus, and nothing on it comes to an end. */
  busIsStuck?: (sampleNumber: number) => boolean;
  /** Default: skip. */
  sleep?: SleepMode;
  /** `false`: every instruction is executed by avr8js. Default: most of them by JavaScript made of the program. */
  translate?: boolean;
  /** What a power cycle leaves in each byte of the SRAM. Not 0, so that a program that relies on it is found out. */
  powerOnByte?: number;
  /** How long `runToTick` waits for a tick. Default: 10 s, longer than any watchdog. */
  patienceSeconds?: number;
}
