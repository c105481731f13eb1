import { ResetCause } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { encodeDown } from '../link/down-message.ts';
import { Board } from './board.ts';
import type { BoardSettings } from './board-settings.ts';
import { CYCLES_PER_MS } from './chip.ts';
import { FirmwareHangs } from './firmware-hangs.ts';
import { assembled, PROBE_LOG, probe } from './probe.fixture.ts';
import { SleepMode } from './sleep.ts';
import { BYTE_CYCLES } from './uart.ts';

const still = (): boolean => true;
/** What a board told, in order. */
function told(settings: Partial<BoardSettings> = {}) {
  const said: string[] = [];
  const cycles: number[] = [];
  const board = new Board({
    program: probe(),
    samples: still,
    hooks: {
      onTick: (sampleNumber) => said.push(`tick ${sampleNumber}`),
      onLog: (code, value, atCycle) => {
        said.push(`log ${code} ${value}`);
        cycles.push(atCycle);
      },
      onDamaged: (bytes) => said.push(`echo ${Buffer.from(bytes).toString('hex')}`),
      onReset: (cause) => said.push(`reset ${cause}`),
    },
    ...settings,
  });
  return { board, said, cycles };
}
const LOG = `log ${PROBE_LOG.code} ${PROBE_LOG.value}`;
const echoOf = (bytes: Uint8Array): string => `echo ${Buffer.from(bytes.subarray(0, -1)).toString('hex')}`;

describe('the board', () => {
  it('counts ticks from 0, and stands between two of them', () => {
    const { board, said } = told();
    board.runToTick(2);
    expect([board.tick, said]).toEqual([2, ['tick 0', LOG, 'tick 1', LOG, 'tick 2', LOG]]);
    // The third match of a 20 ms timer, and 19 ms.
    expect(board.cycle / CYCLES_PER_MS).toBeCloseTo(79, 1);
    board.runToTick(2);
    expect(board.tick).toBe(2);
  });

  it('tells when the last byte of a message ended, at 250,000 baud', () => {
    const { board, cycles } = told();
    board.runToTick(1);
    // Eight bytes, and a few cycles of polling between them.
    const sentMs = (cycles[0]! - 20 * CYCLES_PER_MS) / CYCLES_PER_MS;
    expect(sentMs).toBeGreaterThan((8 * BYTE_CYCLES) / CYCLES_PER_MS);
    expect(sentMs).toBeLessThan((9 * BYTE_CYCLES) / CYCLES_PER_MS);
  });

  it('delivers at the tick that it was told, in order, and in the same way ahead of it', () => {
    const first = encodeDown({ type: 'acknowledged', boot: 1, seq: 5 });
    const second = encodeDown({ type: 'identify' });
    const { board, said } = told();
    board.deliver({ type: 'identify' }, 3);
    board.runToTick(1);
    board.deliver({ type: 'acknowledged', boot: 1, seq: 5 }, 2);
    board.deliver({ type: 'identify' }, 2);
    board.runToTick(3);
    expect(said.slice(4)).toEqual([
      'tick 2',
      LOG,
      echoOf(first),
      echoOf(second),
      'tick 3',
      LOG,
      echoOf(second),
    ]);
  });

  it('refuses to deliver what can no longer be on time', () => {
    const { board } = told();
    expect(() => board.deliver({ type: 'identify' }, -1)).toThrow('cannot deliver after tick -1');
    board.runToTick(4);
    expect(() => board.deliver({ type: 'identify' }, 3)).toThrow(
      'after tick 3: the board is at tick 4 already',
    );
    expect(() => board.deliver({ type: 'identify' }, 4)).toThrow('cannot deliver after tick 4');
  });

  it('says the same in whatever pieces it is run', () => {
    const pieces = (cycles: number) => {
      const { board, said, cycles: at } = told();
      for (let tick = 0; tick < 20; tick += 3)
        board.deliver({ type: 'acknowledged', boot: 1, seq: tick }, tick);
      for (let until = cycles; until < 400 * CYCLES_PER_MS; until += cycles) board.runToCycle(until);
      board.runToCycle(400 * CYCLES_PER_MS);
      return { said, at };
    };
    const whole = pieces(400 * CYCLES_PER_MS);
    expect(whole.said.length).toBeGreaterThan(40);
    for (const cycles of [1000, 33_333, 320_000]) expect(pieces(cycles)).toEqual(whole);
  });

  it('says the same in every way to sleep', () => {
    const of = (sleep: SleepMode) => {
      const { board, said } = told({ sleep });
      for (let tick = 0; tick < 20; tick += 3)
        board.deliver({ type: 'acknowledged', boot: 1, seq: tick }, tick);
      board.runToTick(25);
      return { said, activeShare: board.activeCycles / board.cycle };
    };
    const skip = of(SleepMode.skip);
    for (const mode of Object.values(SleepMode)) expect(of(mode).said).toEqual(skip.said);
    expect(skip.activeShare).toBeLessThan(0.1);
    expect(of(SleepMode.ignored).activeShare).toBe(1);
  });

  it('wakes at the very cycle of a second compare match and of an overflow, in every way to sleep', () => {
    const notesTimer = 'lds r20, 0x84; st X+, r20; lds r20, 0x85; st X+, r20; reti;';
    const program = assembled(
      `rjmp main; ${'nop;'.repeat(23)} rjmp match; nop; rjmp overflow;
      match: ${notesTimer} overflow: ${notesTimer}
      main: ldi r16, 0x08; out 0x3e, r16; ldi r16, 0xff; out 0x3d, r16;
      ldi r26, 0x00; ldi r27, 0x02;
      ldi r16, 0x12; sts 0x8b, r16; ldi r16, 0x34; sts 0x8a, r16;
      ldi r16, 0x05; sts 0x6f, r16; ldi r16, 0x01; sts 0x81, r16; sts 0x53, r16; sei;
      loop: sleep; rjmp loop`.replaceAll(';', '\n'),
    );
    const wakes = (sleep: SleepMode) => {
      const { board } = told({ sleep, program });
      board.runToCycle(3.5 * 0x10000);
      const noted = board.sram().subarray(0x100, 0x110);
      return Array.from({ length: 6 }, (_, i) => noted[2 * i]! + 256 * noted[2 * i + 1]!);
    };
    const skipped = wakes(SleepMode.skip);
    // A match and an overflow in each of three wraps, noted a few cycles later.
    for (const [i, at] of skipped.entries()) expect(at - (i % 2 === 0 ? 0x1234 : 0)).toBeLessThan(30);
    for (const mode of [SleepMode.everyCycle, SleepMode.everyEvent]) expect(wakes(mode)).toEqual(skipped);
  });

  it('keeps the SRAM over a reset, loses it in a power cycle, and counts its ticks on', () => {
    const { board, said } = told({ powerOnByte: 0x30 });
    board.runToTick(2);
    expect([...board.sram().subarray(0, 2)]).toEqual([0x33, 0x31]);
    board.restart('brownOut');
    board.runToTick(3);
    expect([...board.sram().subarray(0, 2)]).toEqual([0x34, 0x32]);
    board.restart('external');
    board.restart('powerOn');
    board.runToTick(4);
    expect([...board.sram().subarray(0, 2)]).toEqual([0x31, 0x31]);
    expect(said.filter((line) => !line.startsWith('log'))).toEqual([
      'tick 0',
      'tick 1',
      'tick 2',
      `reset ${ResetCause.brownOut}`,
      'tick 3',
      `reset ${ResetCause.external}`,
      `reset ${ResetCause.powerOn}`,
      'tick 4',
    ]);
  });

  it('runs another program after an update', () => {
    const { board, said } = told();
    board.runToTick(0);
    board.restart('external', assembled('loop: rjmp loop'));
    board.runToCycle(board.cycle + 100 * CYCLES_PER_MS);
    expect(said).toEqual(['tick 0', LOG, `reset ${ResetCause.external}`]);
  });

  it('is reset by its watchdog, which bites again until the program stops it', () => {
    // Watchdog of 16 ms, never fed; the second life finds it running.
    const once = 'ldi r16, 0x18; sts 0x60, r16; ldi r16, 0x08; sts 0x60, r16; loop: rjmp loop';
    const { board, said } = told({ program: assembled(once) });
    board.runToCycle(40 * CYCLES_PER_MS);
    expect(said).toEqual([`reset ${ResetCause.watchdog}`, `reset ${ResetCause.watchdog}`]);
    // This one arms it on a first start only: MCUSR says which start it is.
    const first = `in r17, 0x34; sbrc r17, 3; rjmp loop; ${once}`;
    const other = told({ program: assembled(first) });
    other.board.runToCycle(40 * CYCLES_PER_MS);
    expect(other.said).toEqual([`reset ${ResetCause.watchdog}`, `reset ${ResetCause.watchdog}`]);
    const stops = `in r17, 0x34; sbrc r17, 3; rjmp stop; ${once}
      stop: clr r16; out 0x34, r16; ldi r16, 0x18; sts 0x60, r16; clr r16; sts 0x60, r16; rest: rjmp rest`;
    const good = told({ program: assembled(stops) });
    good.board.runToCycle(100 * CYCLES_PER_MS);
    expect(good.said).toEqual([`reset ${ResetCause.watchdog}`]);
  });

  it.each([
    ['turns on the spot', 'loop: rjmp loop'],
    ['sleeps with interrupts off', 'ldi r16, 1; out 0x33, r16; sleep; loop: rjmp loop'],
  ])('says that a firmware hangs which %s and has no watchdog', (_, source) => {
    const { board } = told({ program: assembled(source), patienceSeconds: 1 });
    expect(() => board.runToTick(0)).toThrow(FirmwareHangs);
    expect(board.tick).toBe(-1);
  });
});
