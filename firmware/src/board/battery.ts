import type { AVRADC, CPU } from 'avr8js';
import { insideAdc } from './avr8js-private.ts';
import { CONVERTER_STEPS, converterSteps } from './battery-converter.ts';
import { Register } from './chip.ts';

/** The battery's voltage in mV at a sample. */
export type BatterySource = (sampleNumber: number) => number;

/** The divider of two equal resistors hangs on this input of the converter. */
export const BATTERY_CHANNEL = 0;
const SUPPLY_VOLTS = 3.3;

const ADIF = 0x10;

/** Connects a battery to the converter, and mends one pitfall of avr8js: ADIF is cleared by writing a one to it. */
export function wireBattery(cpu: CPU, adc: AVRADC, source: () => number): void {
  adc.avcc = SUPPLY_VOLTS;
  adc.aref = SUPPLY_VOLTS;
  const read = adc.onADCRead;
  adc.onADCRead = (input) => {
    // The middle of a step: emulators round differently, and the chip's number must not depend on it.
    adc.channelValues[BATTERY_CHANNEL] = ((converterSteps(source()) + 0.5) / CONVERTER_STEPS) * SUPPLY_VOLTS;
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
