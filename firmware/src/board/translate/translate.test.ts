import { HEADER } from '@gaitway/contract';
import { avrInstruction, CPU } from 'avr8js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Board } from '../board.ts';
import { SRAM_AT, SRAM_BYTES } from '../chip.ts';
import { Eeprom } from '../eeprom.ts';
import { probe } from '../probe.fixture.ts';
import { image, motion } from '../wearable.fixture.ts';
import { settingsInEeprom } from '../wearable-settings.ts';
import { decode } from './decode.ts';
import { traceAt } from './trace.ts';

/** Far enough from both ends for any relative jump. */
const BEGIN = 2100;
const WORDS = 4608;
const SREG = 95;

/** A chip with these words at {@link BEGIN}, registers and memory from a seed, pointers into the SRAM. */
function chip(words: number[], seed: number): CPU {
  const flash = new Uint16Array(WORDS);
  flash.set(words, BEGIN);
  const cpu = new CPU(flash, SRAM_BYTES);
  let state = seed >>> 0;
  for (let at = 0; at < cpu.data.length; at++) {
    // Registers, status, and memory; I/O in between stays 0.
    if (at >= 32 && at < SRAM_AT && at !== SREG) continue;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    cpu.data[at] = state >>> 24;
  }
  for (const high of [27, 29, 31]) cpu.data[high] = 1 + (cpu.data[high]! % 9);
  cpu.SP = 0x400;
  cpu.pc = BEGIN;
  return cpu;
}

const stateOf = (cpu: CPU) => ({
  pc: cpu.pc,
  cycles: cpu.cycles,
  data: Buffer.from(cpu.data).toString('hex'),
});

/** Runs the trace, and as many cycles of avr8js beside it. */
function both(words: number[], seed: number, budget: number) {
  const [cpu, reference] = [chip(words, seed), chip(words, seed)];
  const trace = traceAt(cpu.progMem, BEGIN);
  const used =
    trace === undefined || trace.cyclesMax > budget ? 0 : trace.run(cpu, cpu.data, cpu.progBytes, budget);
  cpu.cycles += used;
  while (reference.cycles < used) avrInstruction(reference);
  return { used, cpu: stateOf(cpu), reference: stateOf(reference) };
}

describe('a translated instruction', () => {
  it('does what avr8js does, whatever its operands: every 13th opcode there is', () => {
    let translated = 0;
    for (let op = 0; op < 0x10000; op += 13) {
      // What follows is left to avr8js, so that the trace ends there; as an operand it is an address in SRAM.
      const words = [op, 0x0200, 0x0300];
      const flash = chip(words, 1).progMem;
      if (decode(flash, BEGIN) === undefined) continue;
      translated++;
      const { used, cpu, reference } = both(words, op * 7 + 3, 120);
      if (JSON.stringify(cpu) !== JSON.stringify(reference)) {
        expect({ op: op.toString(16), used, ...cpu }).toEqual({ op: op.toString(16), used, ...reference });
      }
    }
    expect(translated).toBeGreaterThan(4000);
  });

  it('does what avr8js does with what an interrupt reads: status, stack pointer, and the bus', () => {
    const shifts = 0x9406;
    for (const [words, register] of [
      [[0xb60f], 0],
      [[0xb71d], 17],
      [[0xb71e], 17],
      [[0x9110, 0xb9], 17],
      [[0x9110, 0xbb], 17],
      [[0x94f8], 0],
    ] as const) {
      for (let seed = 1; seed < 40; seed++) {
        // A flag that was just made is read, too.
        const { used, cpu, reference } = both([shifts | (3 << 4), ...words, 0x2c20 | register], seed, 120);
        expect(used).toBeGreaterThan(words.length);
        expect(cpu).toEqual(reference);
      }
    }
  });

  /** What ends an interrupt, and what a function does to the stack's pointer. */
  const OWN = { outStatus: 0xbe0f, outPointerHigh: 0xbfde, outPointerLow: 0xbfcd, sei: 0x9478, reti: 0x9518 };

  it.each(Object.entries(OWN))('does what avr8js does with what an interrupt writes: %s', (_, op) => {
    for (let seed = 1; seed < 40; seed++) {
      const { used, cpu, reference } = both([0x9406 | (3 << 4), op], seed, 120);
      expect(used).toBeGreaterThan(1);
      expect(cpu).toEqual(reference);
    }
  });

  it.each([
    ['outStatus', 0x80],
    ['sei', 0],
    ['reti', 0],
  ] as const)('is left to avr8js when it lets in an interrupt that waits: %s', (name, status) => {
    const cpu = chip([0x9406 | (3 << 4), OWN[name]], 1);
    cpu.data[0] = status;
    cpu.nextInterrupt = 22;
    const used = traceAt(cpu.progMem, BEGIN)!.run(cpu, cpu.data, cpu.progBytes, 120);
    expect([used, cpu.pc]).toEqual([1, BEGIN + 1]);
  });

  it.each(['sei', 'reti'] as const)(
    'leaves time for the one that the chip executes before an interrupt: %s',
    (name) => {
      const cpu = chip([OWN[name]], 1);
      const trace = traceAt(cpu.progMem, BEGIN)!;
      // So what is due when its time is over is not due when it has ended.
      expect(trace.run(cpu, cpu.data, cpu.progBytes, trace.cyclesMax)).toBeLessThan(trace.cyclesMax);
    },
  );

  it('does what avr8js does, whatever stands before and behind it', () => {
    const words = fc.array(fc.nat(0xffff), { minLength: 1, maxLength: 40 });
    let cycles = 0;
    // In 1000 cycles no stack grows out of the SRAM into the registers, where it would push onto its own pointer.
    fc.assert(
      fc.property(words, fc.nat(), fc.integer({ min: 1, max: 1000 }), (program, seed, budget) => {
        const { used, cpu, reference } = both(program, seed, budget);
        cycles += used;
        expect(used).toBeLessThanOrEqual(budget);
        expect(cpu).toEqual(reference);
      }),
      { numRuns: 1000 },
    );
    expect(cycles).toBeGreaterThan(1000);
  });

  it('does what avr8js does with flags: sequences of arithmetic, in which most flags are never read', () => {
    const registers = fc.nat(0x3ff);
    const arithmetic = fc
      .tuple(fc.constantFrom(0x0c00, 0x1c00, 0x1800, 0x0800, 0x1400, 0x0400, 0x2000, 0x2400), registers)
      .map(([op, operands]) => op | operands);
    const one = fc
      .tuple(fc.constantFrom(0x9400, 0x9401, 0x9403, 0x940a, 0x9405, 0x9406, 0x9407), fc.nat(31))
      .map(([op, register]) => op | (register << 4));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(arithmetic, one), { minLength: 2, maxLength: 30 }),
        fc.nat(),
        (program, seed) => {
          const { used, cpu, reference } = both(program, seed, 200);
          expect(used).toBeGreaterThan(0);
          expect(cpu).toEqual(reference);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a translated program', () => {
  /** All that can be seen of a board, with cycles. */
  function seen(translate: boolean, program = image('wearable'), seconds = 6) {
    const events: string[] = [];
    const board: Board = new Board({
      program,
      translate,
      samples: motion(21),
      eeprom: new Eeprom(settingsInEeprom({ device: 9, slotMs: 1000 })),
      hooks: {
        onTick: (sampleNumber, atCycle) => events.push(`tick ${sampleNumber} ${atCycle}`),
        onFrame: (flight, bytes, atCycle) => {
          events.push(`frame ${flight} ${atCycle} ${Buffer.from(bytes).toString('hex')}`);
          board.deliver({ type: 'acknowledged', boot: 0, seq: bytes[HEADER.seq]! }, board.tick + 2);
        },
        onLog: (code, value, atCycle) => events.push(`log ${code} ${value} ${atCycle}`),
        onDamaged: (bytes, says, atCycle) => events.push(`${says} ${atCycle} ${bytes.length}`),
      },
    });
    board.deliver({ type: 'linkUp' }, 2);
    for (let tick = 3; tick < seconds * 50; tick += 7)
      board.deliver({ type: 'timeSync', epochMs: 1e12 }, tick);
    board.runToTick(seconds * 50);
    return { events, cycle: board.cycle, activeCycles: board.activeCycles, sram: board.sram() };
  }

  it('is the same as an executed one, cycle for cycle', () => {
    const translated = seen(true);
    expect(translated.events.filter((event) => event.startsWith('frame')).length).toBe(7);
    expect(translated).toEqual(seen(false));
  });

  it('is the same with many messages on the line', () => {
    expect(seen(true, probe(), 3)).toEqual(seen(false, probe(), 3));
  });
});
