import { AVRTWI, CPU, twiConfig } from 'avr8js';
import { describe, expect, it } from 'vitest';
import { CPU_HZ, Register, SRAM_BYTES } from './chip.ts';
import { MPU6050_ADDRESS, Mpu6050, type SampleRanges, type SampleSource } from './mpu6050.ts';
import { bareMachine, pass } from './probe.fixture.ts';

const TWDR = 0xbb;
const TWINT = 0x80;
const [START, STOP, GO, ACK] = [0xa4, 0x94, 0x84, 0xc4];
const status = (cpu: CPU): number => cpu.data[Register.TWSR]! & 0xf8;

/** Writes the control register, waits until the bus has done it, and gives the status. */
function step(cpu: CPU, control: number, data?: number): number {
  if (data !== undefined) cpu.writeData(TWDR, data);
  cpu.writeData(Register.TWCR, control);
  pass(cpu, 3000);
  return status(cpu);
}

function write(cpu: CPU, register: number, ...values: number[]): number[] {
  const statuses = [step(cpu, START), step(cpu, GO, MPU6050_ADDRESS << 1)];
  for (const value of [register, ...values]) statuses.push(step(cpu, GO, value));
  statuses.push(step(cpu, STOP));
  return statuses;
}

function read(cpu: CPU, register: number, count: number): number[] {
  step(cpu, START);
  step(cpu, GO, MPU6050_ADDRESS << 1);
  step(cpu, GO, register);
  step(cpu, START);
  step(cpu, GO, (MPU6050_ADDRESS << 1) | 1);
  const values: number[] = [];
  for (let i = 0; i < count; i++) {
    step(cpu, i + 1 < count ? ACK : GO);
    values.push(cpu.readData(TWDR));
  }
  step(cpu, STOP);
  return values;
}

const WAKE = [0x6b, 0] as const;
const ramp: SampleSource = (sampleNumber, into) => {
  for (let axis = 0; axis < 6; axis++)
    into[axis] = (sampleNumber + 1) * (axis % 2 === 0 ? 1000 : -1000) + axis;
  return true;
};

function withSensor(samples: SampleSource = ramp, ranges?: SampleRanges, stuck = { now: false }) {
  const sensor = new Mpu6050(samples, ranges);
  const { cpu } = bareMachine({ devices: [sensor], busIsStuck: () => stuck.now });
  cpu.writeData(Register.TWBR, 12);
  return { cpu, sensor };
}

function axes(burst: number[]): number[] {
  const at = [0, 2, 4, 8, 10, 12];
  return at.map((i) => ((burst[i]! << 24) >> 16) | burst[i + 1]!);
}

describe('the two-wire bus', () => {
  it('goes through the states of the datasheet', () => {
    expect(write(withSensor().cpu, 0x1c, 0x10)).toEqual([0x08, 0x18, 0x28, 0x28, 0xf8]);
  });

  it('takes the time of its bits: 40 cycles each at 400 kHz', () => {
    const { cpu } = withSensor();
    cpu.writeData(Register.TWCR, START);
    pass(cpu, 40);
    expect(cpu.data[Register.TWCR]! & TWINT).toBe(0);
    pass(cpu, 2);
    expect(cpu.data[Register.TWCR]! & TWINT).toBe(TWINT);
    cpu.writeData(TWDR, MPU6050_ADDRESS << 1);
    cpu.writeData(Register.TWCR, GO);
    pass(cpu, 360);
    expect(status(cpu)).toBe(0x08);
    pass(cpu, 2);
    expect(status(cpu)).toBe(0x18);
  });

  it('has TWINT clear at power-on and after a STOP, as avr8js has not', () => {
    const stock = new CPU(new Uint16Array(1), SRAM_BYTES);
    new AVRTWI(stock, twiConfig, CPU_HZ);
    expect(stock.data[Register.TWCR]! & TWINT).toBe(TWINT);
    const { cpu } = withSensor();
    expect(cpu.data[Register.TWCR]! & TWINT).toBe(0);
    step(cpu, START);
    step(cpu, STOP | 1);
    expect([cpu.data[Register.TWCR]! & (TWINT | 0x10), cpu.nextInterrupt]).toEqual([0, -1]);
  });

  it('keeps its status when the prescaler is written, as avr8js does not', () => {
    const stock = new CPU(new Uint16Array(1), SRAM_BYTES);
    new AVRTWI(stock, twiConfig, CPU_HZ);
    stock.writeData(Register.TWSR, 0);
    expect(status(stock)).toBe(0);
    const { cpu } = withSensor();
    cpu.writeData(Register.TWSR, 1);
    expect(cpu.data[Register.TWSR]).toBe(0xf9);
    cpu.writeData(Register.TWSR, 0);
    expect(step(cpu, START)).toBe(0x08);
  });

  it('sends a START that is asked for during a STOP after it', () => {
    const { cpu } = withSensor();
    step(cpu, START);
    cpu.writeData(Register.TWCR, STOP);
    pass(cpu, 5);
    expect(step(cpu, START)).toBe(0x08);
  });

  it('does not acknowledge another address, and reads ones there', () => {
    const { cpu } = withSensor();
    step(cpu, START);
    expect(step(cpu, GO, 0x20)).toBe(0x20);
    step(cpu, STOP);
    step(cpu, START);
    expect(step(cpu, GO, 0x21)).toBe(0x48);
  });

  it('can be recovered when it was stuck, by switching it off', () => {
    const stuck = { now: true };
    const { cpu } = withSensor(ramp, undefined, stuck);
    expect(step(cpu, START)).toBe(0xf8);
    expect(cpu.data[Register.TWCR]! & TWINT).toBe(0);
    stuck.now = false;
    expect(step(cpu, START)).toBe(0xf8);
    cpu.writeData(Register.TWCR, 0);
    expect(write(cpu, ...WAKE)).toEqual([0x08, 0x18, 0x28, 0x28, 0xf8]);
  });
});

describe('the motion sensor', () => {
  it('tells its name, and sleeps until it is woken', () => {
    const { cpu, sensor } = withSensor();
    sensor.sampleNumber = 0;
    expect(read(cpu, 0x75, 1)).toEqual([0x68]);
    expect(read(cpu, 0x6b, 1)).toEqual([0x40]);
    expect(axes(read(cpu, 0x3b, 14))).toEqual([0, 0, 0, 0, 0, 0]);
    write(cpu, ...WAKE);
    expect(axes(read(cpu, 0x3b, 14))).toEqual([1000, -999, 1002, -997, 1004, -995]);
  });

  it('gives 25 degrees between acceleration and rotation, and its data-ready once', () => {
    const { cpu, sensor } = withSensor();
    write(cpu, ...WAKE);
    sensor.sampleNumber = 3;
    const burst = read(cpu, 0x3b, 14);
    expect((burst[6]! << 8) | burst[7]!).toBe(-3920 & 0xffff);
    expect([read(cpu, 0x3a, 1), read(cpu, 0x3a, 1)]).toEqual([[1], [0]]);
  });

  it('asks its source once for each sample, and gives that sample to the end', () => {
    const asked: number[] = [];
    const { cpu, sensor } = withSensor((sampleNumber, into) => {
      asked.push(sampleNumber);
      return ramp(sampleNumber, into);
    });
    write(cpu, ...WAKE);
    sensor.sampleNumber = 0;
    const first = read(cpu, 0x3b, 14);
    expect(read(cpu, 0x3b, 14)).toEqual(first);
    sensor.sampleNumber = 2;
    expect(axes(read(cpu, 0x3b, 14))[0]).toBe(3000);
    expect(asked).toEqual([0, 2]);
  });

  it('does not answer at a sample whose source says so', () => {
    const { cpu, sensor } = withSensor((sampleNumber) => sampleNumber !== 1);
    sensor.sampleNumber = 1;
    expect(write(cpu, ...WAKE).slice(0, 2)).toEqual([0x08, 0x20]);
    sensor.sampleNumber = 2;
    expect(write(cpu, ...WAKE).slice(0, 2)).toEqual([0x08, 0x18]);
  });

  it('gives counts in the ranges that are set, and saturates in narrower ones', () => {
    const { cpu, sensor } = withSensor(ramp, { accelRange: 2, gyroRange: 2 });
    write(cpu, ...WAKE);
    sensor.sampleNumber = 9;
    // Accelerometer at 2 g: four times the counts; gyroscope at 2000 deg/s: half, towards minus infinity.
    write(cpu, 0x1b, 0x18);
    write(cpu, 0x1c, 0x00);
    expect(axes(read(cpu, 0x3b, 14))).toEqual([32767, -32768, 32767, -4999, 5002, -4998]);
  });

  it('keeps what cannot be written, and forgets everything in a reset of its own', () => {
    const { cpu } = withSensor();
    write(cpu, 0x75, 1);
    write(cpu, 0x3b, 1);
    write(cpu, 0x1c, 0x18);
    expect([read(cpu, 0x75, 1), read(cpu, 0x1c, 1)]).toEqual([[0x68], [0x18]]);
    write(cpu, 0x6b, 0x80);
    expect([read(cpu, 0x1c, 1), read(cpu, 0x6b, 1)]).toEqual([[0], [0x40]]);
  });
});
