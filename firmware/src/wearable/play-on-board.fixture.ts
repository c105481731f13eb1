import { type Placement, ResetCause } from '@gaitway/contract';
import { Board } from '../board/board.ts';
import { CYCLES_PER_MS } from '../board/chip.ts';
import { Eeprom } from '../board/eeprom.ts';
import type { Program } from '../board/intel-hex.ts';
import { BYTE_CYCLES } from '../board/uart.ts';
import { wearableEeprom } from '../board/wearable-settings.ts';
import { pulseAt } from './pulse.fixture.ts';
import type { Sent, Trace } from './trace.fixture.ts';

const RESTART = {
  [ResetCause.powerOn]: 'powerOn',
  [ResetCause.external]: 'external',
  [ResetCause.brownOut]: 'brownOut',
} as const;

function eepromOf({ settings }: Trace): Eeprom {
  return new Eeprom(
    wearableEeprom({ ...settings, placement: settings.placement as Placement }, settings.boot),
  );
}

/** What the program sends on the board in a life, and the board at its end. */
export function playOnBoard(trace: Trace, program: Program): { sent: Sent[]; board: Board } {
  const sent: Sent[] = [];
  const resets: number[] = [];
  let tickCycle = 0;
  const { ticks, samples, answers, batteryMv, after } = trace;
  const board: Board = new Board({
    program,
    eeprom: eepromOf(trace),
    samples: (tick, into) => {
      into.set(samples.subarray(6 * tick, 6 * tick + 6));
      return answers[tick] !== 0;
    },
    pulses: (tick) => pulseAt(trace.pulses, tick),
    batteryMv: (tick) => batteryMv.findLast(({ fromTick }) => fromTick <= tick)!.batteryMv,
    hooks: {
      onTick: (_, atCycle) => {
        tickCycle = atCycle;
      },
      onFrame: (flight, bytes, _, fromCycle) => {
        // A raw chunk that a message let go ends in the next tick: it counts for the one in which it began.
        const tick = fromCycle - BYTE_CYCLES < tickCycle ? board.tick - 1 : board.tick;
        sent.push({ tick, flight, hex: Buffer.from(bytes).toString('hex') });
      },
      onDamaged: (_, says) => {
        throw new Error(`tick ${board.tick}: ${says}`);
      },
      onReset: (cause) => resets.push(cause),
    },
  });
  for (const tick of [...after.keys()].sort((a, b) => a - b)) {
    const steps = after.get(tick)!;
    for (const step of steps) {
      if (step.do === 'message') board.deliver(step.message, tick);
      else if (step.do === 'noise') board.deliverBytes(step.bytes, tick);
    }
    board.runToTick(tick);
    for (const step of steps) {
      if (step.do !== 'start') continue;
      // A watchdog bites by itself, some time after the message that lets the chip hang.
      if (step.cause !== ResetCause.watchdog) board.restart(RESTART[step.cause]);
      else while (resets.at(-1) !== ResetCause.watchdog) board.runToCycle(board.cycle + CYCLES_PER_MS);
      resets.length = 0;
    }
  }
  // A chunk that begins in the last tick ends behind it.
  board.runToTick(ticks);
  return { sent: sent.filter(({ tick }) => tick < ticks), board };
}
