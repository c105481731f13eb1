import type { AVRTWI, CPU, TWIEventHandler } from 'avr8js';
import { insideTwi } from './avr8js-private.ts';
import { Register } from './chip.ts';

/** What hangs on the bus. */
export interface BusDevice {
  readonly address: number;
  /** It is addressed; `false`: it does not acknowledge. */
  begin(write: boolean): boolean;
  /** Takes a byte; `false`: it does not acknowledge. */
  write(value: number): boolean;
  read(): number;
}

const TWINT = 0x80;
const TWSTA = 0x20;
const TWEN = 0x04;
const STATUS = 0xf8;
const IDLE = 0xf8;
const BITS_OF_BYTE = 9;

/**
 * The two-wire bus with its devices, and with the time that its bits take (avr8js adds none). Mends what avr8js does
 * unlike the chip: TWINT is not set at power-on nor by a STOP, the status cannot be written, a START that is asked for during a STOP follows it,
 * and switching the peripheral off forgets what it was doing, so that a stuck bus can be recovered.
 */
export class TwoWireBus implements TWIEventHandler {
  private readonly cpu: CPU;
  private readonly twi: AVRTWI;
  private readonly devices: readonly BusDevice[];
  /** `true`: something holds the data line, and no START gets through. */
  private readonly stuck: () => boolean;
  /** Counts what was switched off, so that what was under way then never completes. */
  private life = 0;
  /** Who acknowledged. */
  private addressed: BusDevice | undefined;

  constructor(cpu: CPU, twi: AVRTWI, devices: readonly BusDevice[], stuck: () => boolean) {
    this.cpu = cpu;
    this.twi = twi;
    this.devices = devices;
    this.stuck = stuck;
    twi.eventHandler = this;
    cpu.clearInterrupt(insideTwi(twi).TWI);
    const write = cpu.writeHooks[Register.TWCR]!;
    cpu.writeHooks[Register.TWCR] = (value, old, address, mask) => {
      if ((old & TWEN) !== 0 && (value & TWEN) === 0) this.switchOff();
      return write(value, old, address, mask);
    };
    cpu.writeHooks[Register.TWSR] = (value, old, address) => {
      cpu.data[address] = (old & STATUS) | (value & ~STATUS);
      return true;
    };
  }

  start(): void {
    if (this.stuck()) return;
    this.after(1, () => this.twi.completeStart());
  }

  stop(): void {
    this.after(1, () => {
      const { cpu, twi } = this;
      twi.completeStop();
      cpu.clearInterrupt(insideTwi(twi).TWI);
      const control = cpu.data[Register.TWCR]!;
      if ((control & TWSTA) !== 0) cpu.writeData(Register.TWCR, control | TWINT);
    });
  }

  connectToSlave(address: number, write: boolean): void {
    this.after(BITS_OF_BYTE, () => {
      this.addressed = this.devices.find((device) => device.address === address && device.begin(write));
      this.twi.completeConnect(this.addressed !== undefined);
    });
  }

  writeByte(value: number): void {
    this.after(BITS_OF_BYTE, () => this.twi.completeWrite(this.addressed?.write(value) ?? false));
  }

  readByte(): void {
    // Nobody pulls the line down: ones.
    this.after(BITS_OF_BYTE, () => this.twi.completeRead(this.addressed?.read() ?? 0xff));
  }

  private after(bits: number, then: () => void): void {
    const { life } = this;
    const cyclesPerBit = 16 + 2 * this.cpu.data[Register.TWBR]! * this.twi.prescaler;
    this.cpu.addClockEvent(() => {
      if (life === this.life) then();
    }, bits * cyclesPerBit);
  }

  private switchOff(): void {
    this.life += 1;
    this.addressed = undefined;
    insideTwi(this.twi).busy = false;
    this.cpu.data[Register.TWSR] = (this.cpu.data[Register.TWSR]! & ~STATUS) | IDLE;
  }
}
