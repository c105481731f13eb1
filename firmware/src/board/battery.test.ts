import { describe, expect, it } from 'vitest';
import { BATTERY_CHANNEL } from './battery.ts';
import { converterSteps, reportedBatteryMv } from './battery-converter.ts';
import { Register } from './chip.ts';
import { Eeprom } from './eeprom.ts';
import { bareMachine, pass } from './probe.fixture.ts';

describe('the battery', () => {
  it.each([0, 1, 3299, 3300, 3700, 4200, 6593, 9000])('of %i mV is what the converter gives', (batteryMv) => {
    const { cpu } = bareMachine({ batteryMv: () => batteryMv });
    cpu.writeData(0x7c, 0x40 | BATTERY_CHANNEL);
    cpu.writeData(Register.ADCSRA, 0xc7);
    pass(cpu, 25 * 128 + 1);
    expect(cpu.data[Register.ADCSRA]! & 0x40).toBe(0);
    const steps = cpu.readData(0x78) | (cpu.readData(0x79) << 8);
    expect(steps).toBe(converterSteps(batteryMv));
    // One step of the converter is 6.4 mV.
    const inRange = Math.min(batteryMv, 6593);
    expect(inRange - reportedBatteryMv(batteryMv)).toBeGreaterThanOrEqual(0);
    expect(inRange - reportedBatteryMv(batteryMv)).toBeLessThan(8);
  });
});

describe('the EEPROM', () => {
  it('begins with what it is given, erases to ones, writes zeros only, and counts its wear', () => {
    const eeprom = new Eeprom(Uint8Array.of(1, 2));
    eeprom.writeMemory(0, 0xfe);
    eeprom.eraseMemory(1);
    eeprom.writeMemory(1, 0x0f);
    expect([eeprom.readMemory(0), eeprom.readMemory(1), eeprom.readMemory(2)]).toEqual([0, 0x0f, 0xff]);
    expect([...eeprom.writes]).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(() => new Eeprom(new Uint8Array(1025))).toThrow('1024 bytes, not 1025');
  });
});
