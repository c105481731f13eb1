import type { AVRADC, CPU } from 'avr8js';
import { insideAdc } from './avr8js-private.ts';
import { Register } from './chip.ts';

/** The battery's voltage in mV at a sample. */
export type BatterySource = (sampleNumber: number) => number;

/** The divider of two equal resistors hangs on this input of the converter. */
export const BATTERY_CHANNEL = 0;
/** Full scale of the converter, before the divider: twice the supply of 3.3 V. */
const FULL_SCALE_MV = 6600;
const STEPS = 1024;
const SUPPLY_VOLTS = 3.3;

/** What the converter gives for a battery of so many mV: 0 to 1023. */
export function converterSteps(batteryMv: number): number {
  return Math.min(STEPS - 1, Math.max(0, Math.floor((batteryMv * STEPS) / FULL_SCALE_MV)));
}

/** The mV that the chip tells for a battery of so many: one step of the converter is 6.4 mV. */
export function reportedBatteryMv(batteryMv: number): number {
  return (converterSteps(batteryMv) * FULL_SCALE_MV) >> 10;
}

const ADIF = 0x10;

/** Connects a battery to the converter, and mends one pitfall of avr8js: ADIF is cleared by writing a one to it. */
export function wireBattery(cpu: CPU, adc: AVRADC, source: () => number): void {
  adc.avcc = SUPPLY_VOLTS;
  adc.aref = SUPPLY_VOLTS;
  const read = adc.onADCRead;
  adc.onADCRead = (input) => {
    // The middle of a step: emulators round differently, and the chip's number must not depend on it.
    adc.channelValues[BATTERY_CHANNEL] = ((converterSteps(source()) + 0.5) / STEPS) * SUPPLY_VOLTS;
    read(input);
  };
  const write = cpu.writeHooks[Register.ADCSRA]!;
  cpu.writeHooks[Register.ADCSRA] = (value, old, address, mask) => {
    const pending = (value & ADIF) === 0 ? old & ADIF : 0;
    if (pending === 0) cpu.clearInterrupt(insideAdc(adc).ADC);
    const kept = (value & ~ADIF) | pending;
    if (write(kept, old, address, mask) !== true) cpu.data[address] = kept;
    return true;
  };
}
