import type { EEPROMBackend } from 'avr8js';
import { EEPROM_BYTES } from './chip.ts';

/** The memory that survives the device: its settings and its boot counter. One byte takes 100,000 writes. */
export class Eeprom implements EEPROMBackend {
  readonly memory = new Uint8Array(EEPROM_BYTES).fill(0xff);
  /** How often each byte that was written at all was: who wears one out should know. */
  readonly writes = new Map<number, number>();

  /** `content` lies at the beginning; the rest is erased (0xFF). */
  constructor(content: Uint8Array = new Uint8Array(0)) {
    if (content.length > EEPROM_BYTES) {
      throw new RangeError(`the EEPROM has ${EEPROM_BYTES} bytes, not ${content.length}`);
    }
    this.memory.set(content);
  }

  readMemory(address: number): number {
    return this.memory[address % EEPROM_BYTES]!;
  }

  eraseMemory(address: number): void {
    this.memory[address % EEPROM_BYTES] = 0xff;
  }

  /** Writing only clears bits, as in the chip: what sets them is the erasure before it. */
  writeMemory(address: number, value: number): void {
    const at = address % EEPROM_BYTES;
    this.memory[at]! &= value;
    this.writes.set(at, (this.writes.get(at) ?? 0) + 1);
  }
}
