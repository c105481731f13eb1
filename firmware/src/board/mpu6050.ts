import type { BusDevice } from './two-wire.ts';

/**
 * Where samples come from: fills accelX, accelY, accelZ, gyroX, gyroY, gyroZ (raw counts) for a sample number, or
 * gives `false`: the sensor does not answer at that tick. Noise, offset and saturation are the source's. The board
 * asks once for each number, so a source may also be a stream.
 */
export type SampleSource = (sampleNumber: number, into: Int16Array) => boolean;

/** The ranges in which a source gives its counts, as in the frame header. */
export interface SampleRanges {
  /** 0: 2 g .. 3: 16 g. */
  accelRange: number;
  /** 0: 250 .. 3: 2000 deg/s. */
  gyroRange: number;
}

export const MPU6050_ADDRESS = 0x68;

/** Of the register map, what the model knows. */
const Reg = {
  gyroConfig: 0x1b,
  accelConfig: 0x1c,
  interruptStatus: 0x3a,
  accelXHigh: 0x3b,
  gyroZLow: 0x48,
  powerManagement1: 0x6b,
  whoAmI: 0x75,
} as const;
const DEVICE_RESET = 0x80;
const SLEEP = 0x40;
const DATA_READY = 0x01;
/** From here to here a write changes nothing: what was measured, and the name. */
const READ_ONLY: readonly [from: number, to: number][] = [
  [Reg.interruptStatus, 0x60],
  [Reg.whoAmI, Reg.whoAmI],
];
/** TEMP_OUT of 25 degrees: (t - 36.53) * 340. */
const TEMPERATURE_COUNTS = -3920;

/**
 * The motion sensor: registers, ranges, sleep after power-on, and burst reads with auto-increment. A sample is
 * latched whole when its first byte is read, so that high and low byte are of one instant. Not modelled: FIFO,
 * self-test, the low-pass filter's delay, motion detection.
 */
export class Mpu6050 implements BusDevice {
  readonly address = MPU6050_ADDRESS;
  /** Set by the board at each tick; before the first one it is -1, and the sensor answers without samples. */
  sampleNumber = -1;
  private readonly registers = new Uint8Array(128);
  private readonly sample = new Int16Array(6);
  private readonly source: SampleSource;
  private readonly ranges: SampleRanges | undefined;
  private asked = -1;
  private answers = true;
  private pointer = 0;
  private pointerComes = false;

  /** Without `ranges` the counts are taken to be of whatever range the program sets. */
  constructor(source: SampleSource, ranges?: SampleRanges) {
    this.source = source;
    this.ranges = ranges;
    this.powerOn();
  }

  /** Registers as after power-on: it sleeps, and measures nothing until it is woken. */
  powerOn(): void {
    this.registers.fill(0);
    this.registers[Reg.powerManagement1] = SLEEP;
    this.registers[Reg.whoAmI] = MPU6050_ADDRESS;
  }

  begin(write: boolean): boolean {
    if (this.sampleNumber !== this.asked) {
      this.asked = this.sampleNumber;
      this.sample.fill(0);
      this.answers = this.source(this.sampleNumber, this.sample);
    }
    this.pointerComes = write;
    return this.answers;
  }

  write(value: number): boolean {
    if (this.pointerComes) {
      this.pointer = value & 0x7f;
      this.pointerComes = false;
    } else {
      this.store(this.pointer, value);
      this.pointer = (this.pointer + 1) & 0x7f;
    }
    return true;
  }

  read(): number {
    const at = this.pointer;
    if (at === Reg.accelXHigh) this.latch();
    this.pointer = (at + 1) & 0x7f;
    const value = this.registers[at]!;
    if (at === Reg.interruptStatus) this.registers[at] = 0;
    return value;
  }

  private store(at: number, value: number): void {
    if (READ_ONLY.some(([from, to]) => at >= from && at <= to)) return;
    if (at === Reg.powerManagement1 && (value & DEVICE_RESET) !== 0) this.powerOn();
    else this.registers[at] = value;
  }

  /** Puts the tick's sample into the registers, in the ranges that the program set. */
  private latch(): void {
    const { registers, sample, ranges } = this;
    if ((registers[Reg.powerManagement1]! & SLEEP) !== 0) return;
    const accelShift = ranges === undefined ? 0 : this.rangeAt(Reg.accelConfig) - ranges.accelRange;
    const gyroShift = ranges === undefined ? 0 : this.rangeAt(Reg.gyroConfig) - ranges.gyroRange;
    let at: number = Reg.accelXHigh;
    for (let axis = 0; axis < 6; axis++) {
      // Temperature lies between acceleration and rotation.
      if (axis === 3) at = this.put(at, TEMPERATURE_COUNTS);
      at = this.put(at, inRange(sample[axis]!, axis < 3 ? accelShift : gyroShift));
    }
    registers[Reg.interruptStatus] = DATA_READY;
  }

  private put(at: number, value: number): number {
    this.registers[at] = (value >> 8) & 0xff;
    this.registers[at + 1] = value & 0xff;
    return at + 2;
  }

  private rangeAt(register: number): number {
    return (this.registers[register]! >> 3) & 3;
  }
}

/** A count in a range that is `2 ** shift` times as wide; in a narrower one it may lie at the end. */
function inRange(count: number, shift: number): number {
  if (shift >= 0) return count >> shift;
  return Math.max(-32768, Math.min(32767, count * 2 ** -shift));
}
