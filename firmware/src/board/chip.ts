/** The ATmega328P as it is on the board: sizes, clock, and the registers that the model looks at itself. */
export const CPU_HZ = 16_000_000;
export const FLASH_BYTES = 32 * 1024;
export const SRAM_BYTES = 2048;
export const EEPROM_BYTES = 1024;
/** Where the SRAM begins in the data space: registers and I/O lie below. */
export const SRAM_AT = 0x100;

export const CYCLES_PER_MS = CPU_HZ / 1000;

/** Data addresses of I/O registers. */
export const Register = {
  SMCR: 0x53,
  MCUSR: 0x54,
  WDTCSR: 0x60,
  ADCSRA: 0x7a,
  TWBR: 0xb8,
  TWSR: 0xb9,
  TWDR: 0xbb,
  TWCR: 0xbc,
  UCSR0A: 0xc0,
  UCSR0B: 0xc1,
  UDR0: 0xc6,
} as const;

/** Instruction words that the run loop looks at before they are executed. */
export const Opcode = { SLEEP: 0x9588, SEI: 0x9478, RETI: 0x9518 } as const;

/** Word address of the interrupt that is the wearable's 50 Hz tick: Timer1 compare match A. */
export const TICK_VECTOR = 0x16;
