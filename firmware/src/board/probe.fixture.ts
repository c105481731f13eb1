import { ResetCause } from '@gaitway/contract';
import type { CPU } from 'avr8js';
import { assemble } from 'avr8js/dist/cjs/utils/assembler.js';
import { sealMessage } from '../link/down-message.ts';
import { insideCpu } from './avr8js-private.ts';
import { SRAM_BYTES } from './chip.ts';
import { Eeprom } from './eeprom.ts';
import { type Program, programOf } from './intel-hex.ts';
import { Machine, type Surroundings } from './machine.ts';
import { Mpu6050 } from './mpu6050.ts';
import { SerialLine } from './uart.ts';

/** A program from lines of assembler; `;` separates instructions too. */
export function assembled(source: string): Program {
  const { bytes, errors } = assemble(source.replaceAll(';', '\n'));
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return programOf(bytes);
}

/** A chip without a program, its registers to be written by the test; and what it sent. */
export function bareMachine(over: Partial<Surroundings> = {}, cause: ResetCause = ResetCause.powerOn) {
  const sent: number[] = [];
  const sensor = new Mpu6050((sampleNumber, into) => {
    into.fill(sampleNumber);
    return true;
  });
  const around = {
    program: programOf(new Uint8Array(0)).words,
    eeprom: new Eeprom(),
    line: new SerialLine((value) => sent.push(value)),
    devices: [sensor],
    busIsStuck: () => false,
    batteryMv: () => 3700,
    ...over,
  };
  const machine = new Machine(around, new Uint8Array(SRAM_BYTES), 0, cause);
  return { machine, cpu: machine.cpu, around, sensor, sent };
}

/** Lets time pass for the peripherals, event by event. */
export function pass(cpu: CPU, cycles: number): void {
  const until = cpu.cycles + cycles;
  for (;;) {
    const event = insideCpu(cpu).nextClockEvent;
    if (event === null || event.cycles > until) break;
    cpu.cycles = Math.max(cpu.cycles, event.cycles);
    cpu.tick();
  }
  cpu.cycles = until;
}

/** What the probe logs at each tick. */
export const PROBE_LOG = { code: 7, value: 0x1234 };
const TABLE_AT = 512;

/**
 * A program that sleeps between ticks of 20 ms, sends one log message at each, and sends back every byte that it
 * gets. The first word of its SRAM counts its ticks, the second its starts, wherever they begin.
 */
export function probe(): Program {
  const program = assembled(`
    _LOC 0
      jmp main
    _LOC 44
      jmp tick
    _LOC 72
      jmp received
    _LOC 104
    main:
      ldi r17, 0xff; out 0x3d, r17; ldi r17, 0x08; out 0x3e, r17
      lds r16, 0x0101; inc r16; sts 0x0101, r16
      clr r20
      ldi r16, 3; sts 0xc4, r16
      ldi r16, 0x98; sts 0xc1, r16
      ldi r16, 0x13; sts 0x89, r16
      ldi r16, 0x87; sts 0x88, r16
      ldi r16, 2; sts 0x6f, r16
      ldi r16, 0x0b; sts 0x81, r16
      ldi r16, 1; out 0x33, r16
    loop:
      cli
      tst r20
      brne work
      sei
      sleep
      rjmp loop
    work:
      clr r20
      sei
      ldi r30, 0; ldi r31, 2
    next:
      lpm r16, Z+
    wait:
      lds r17, 0xc0
      sbrs r17, 5
      rjmp wait
      sts 0xc6, r16
      tst r16
      brne next
      rjmp loop
    tick:
      in r18, 0x3f
      ldi r20, 1
      lds r19, 0x0100; inc r19; sts 0x0100, r19
      out 0x3f, r18
      reti
    received:
      lds r21, 0xc6
    full:
      lds r22, 0xc0
      sbrs r22, 5
      rjmp full
      sts 0xc6, r21
      reti
  `);
  const message = sealMessage([2, PROBE_LOG.code, PROBE_LOG.value & 0xff, PROBE_LOG.value >> 8]);
  const bytes = new Uint8Array(TABLE_AT + message.length + 1);
  for (let at = 0; at < TABLE_AT; at++) bytes[at] = program.words[at >> 1]! >> (8 * (at & 1));
  bytes.set(message, TABLE_AT);
  return programOf(bytes);
}
