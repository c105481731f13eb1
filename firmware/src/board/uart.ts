import type { AVRUSART, CPU } from 'avr8js';
import { insideUsart } from './avr8js-private.ts';
import { CPU_HZ, Register } from './chip.ts';

export const LINE_BAUD = 250_000;
/** Start bit, eight data bits, stop bit. */
const BITS_OF_BYTE = 10;
export const BYTE_CYCLES = (CPU_HZ / LINE_BAUD) * BITS_OF_BYTE;
/** A receiver that samples the middle of bits loses the tenth one beyond about this. */
const BAUD_TOLERANCE = 0.025;

const RXC = 0x80;
const TXC = 0x40;
const CONFIGURATION = 0x03;
const RXEN = 0x10;
const TXEN = 0x08;
/** The chip buffers two bytes, and a third waits where the bits come in. The first of them is avr8js's own. */
const WAITING_MAX = 2;

/**
 * The serial line between chip and modem, 250,000 baud. It outlives the chip's resets: what the modem has sent goes
 * on arriving. Mends what avr8js does unlike the chip: a write to a control register keeps a received byte, bytes
 * that were not read yet are buffered, writes to a transmitter that is off or full go nowhere, and a wrong baud
 * rate is heard.
 */
export class SerialLine {
  /** Bytes lost because the program read too late, because its receiver was off, or because its rate was wrong. */
  readonly lost = { overrun: 0, receiverOff: 0, baud: 0, transmitter: 0 };
  private readonly onByte: (value: number, atCycle: number) => void;
  /** What comes in, with the cycle at which each byte's stop bit ends; in that order. */
  private coming: { value: number; atCycle: number }[] = [];
  private waiting: number[] = [];
  private cpu: CPU | undefined;
  private usart: AVRUSART | undefined;
  private sendingUntil = 0;

  /** `onByte`: the chip sent a byte; its stop bit ends at that cycle. */
  constructor(onByte: (value: number, atCycle: number) => void) {
    this.onByte = onByte;
  }

  /** Sends bytes to the chip one after the other, the first one's start bit at `fromCycle` or when the line is free. */
  send(bytes: Uint8Array, fromCycle: number): void {
    const last = this.coming[this.coming.length - 1];
    const wasIdle = last === undefined;
    let atCycle = Math.max(fromCycle, last?.atCycle ?? 0);
    for (const value of bytes) {
      atCycle += BYTE_CYCLES;
      this.coming.push({ value, atCycle });
    }
    if (wasIdle) this.await();
  }

  /** Connects the line to a chip that begins a new life. */
  attach(cpu: CPU, usart: AVRUSART): void {
    this.cpu = cpu;
    this.usart = usart;
    this.waiting = [];
    this.sendingUntil = 0;
    // Taking this interrupt does not clear its flag in the chip: there is still room, until a byte is written.
    insideUsart(usart).UDRE.constant = true;
    usart.onByteTransmit = (value) => this.transmitted(value);
    this.keepReceived(cpu, usart);
    const readData = cpu.readHooks[Register.UDR0]!;
    cpu.readHooks[Register.UDR0] = (address) => {
      const value = readData(address);
      const next = this.waiting.shift();
      if (next !== undefined) usart.writeByte(next, true);
      return value;
    };
    this.await();
  }

  private keepReceived(cpu: CPU, usart: AVRUSART): void {
    const writeA = cpu.writeHooks[Register.UCSR0A]!;
    cpu.writeHooks[Register.UCSR0A] = (value, old, address, mask) => {
      writeA(value, old, address, mask);
      // Writing sets the configuration and clears TXC by a one; everything else in it is the chip's to change.
      const kept = old & ~CONFIGURATION & ~((value & TXC) !== 0 ? TXC : 0);
      cpu.data[address] = kept | (value & CONFIGURATION);
      return true;
    };
    const writeB = cpu.writeHooks[Register.UCSR0B]!;
    cpu.writeHooks[Register.UCSR0B] = (value, old, address, mask) => {
      const received = (cpu.data[Register.UCSR0A]! & RXC) !== 0;
      const result = writeB(value, old, address, mask);
      if ((value & RXEN) === 0) {
        this.waiting = [];
        cpu.clearInterrupt(insideUsart(usart).RXC);
      } else if (received) cpu.setInterruptFlag(insideUsart(usart).RXC);
      return result;
    };
  }

  private await(): void {
    const next = this.coming[0];
    if (next !== undefined) this.cpu?.addClockEvent(this.arrive, next.atCycle - this.cpu.cycles);
  }

  private readonly arrive = (): void => {
    const { value } = this.coming.shift()!;
    const usart = this.usart!;
    if (!usart.rxEnable) this.lost.receiverOff += 1;
    else if (this.baudIsWrong()) this.lost.baud += 1;
    else if ((this.cpu!.data[Register.UCSR0A]! & RXC) === 0) usart.writeByte(value, true);
    else {
      if (this.waiting.length === WAITING_MAX) {
        this.waiting.pop();
        this.lost.overrun += 1;
      }
      this.waiting.push(value);
    }
    this.await();
  };

  private transmitted(value: number): void {
    const { cycles, data } = this.cpu!;
    if ((data[Register.UCSR0B]! & TXEN) === 0 || cycles < this.sendingUntil) {
      this.lost.transmitter += 1;
      return;
    }
    this.sendingUntil = cycles + insideUsart(this.usart!).cyclesPerChar;
    if (this.baudIsWrong()) this.lost.baud += 1;
    else this.onByte(value, this.sendingUntil);
  }

  private baudIsWrong(): boolean {
    return Math.abs(this.usart!.baudRate / LINE_BAUD - 1) > BAUD_TOLERANCE;
  }
}
