import type { ClockEvent, CpuInside, TimerInside } from './avr8js-private.ts';
import { TimerMode } from './avr8js-private.ts';

/**
 * How the board passes the time between SLEEP and the interrupt that ends it. All give the same bytes on the wire;
 * `board.test.ts` and `wearable.test.ts` hold them to that.
 */
export const SleepMode = {
  /** SLEEP does nothing, as avr8js has it: the program's main loop turns all the time. */
  ignored: 'ignored',
  /** The clock goes on cycle by cycle: the slow definition of what the others must do. */
  everyCycle: 'everyCycle',
  /** The clock jumps to the next event. A running timer has one at each of its counts. */
  everyEvent: 'everyEvent',
  /** The clock jumps to the next event that can matter: of a timer, its next compare match or overflow. */
  skip: 'skip',
} as const;
export type SleepMode = (typeof SleepMode)[keyof typeof SleepMode];

/** At which cycle a sleeping chip has something to do next; Infinity: never. */
export function wakeCycle(
  cpu: CpuInside,
  timers: readonly TimerInside[],
  mode: SleepMode,
  now: number,
): number {
  const { nextClockEvent } = cpu;
  if (nextClockEvent === null) return Number.POSITIVE_INFINITY;
  if (mode === SleepMode.everyCycle) return now + 1;
  if (mode === SleepMode.everyEvent) return nextClockEvent.cycles;
  let wake = Number.POSITIVE_INFINITY;
  for (let event: ClockEvent | null = nextClockEvent; event !== null; event = event.next) {
    // Events are in order, and a timer's is put off, never brought forward.
    if (event.cycles >= wake) break;
    wake = Math.min(wake, putOff(event, timers));
  }
  return wake;
}

/** `true`: the next event is due, and it is a timer's that only counts on: no flag changes by it. */
export function onlyCounts(cpu: CpuInside, timers: readonly TimerInside[], now: number): boolean {
  const { nextClockEvent } = cpu;
  return nextClockEvent !== null && nextClockEvent.cycles <= now && putOff(nextClockEvent, timers) > now;
}

/** The cycle at which an event matters: its own, except for a timer that only counts. */
function putOff(event: ClockEvent, timers: readonly TimerInside[]): number {
  for (const timer of timers) {
    if (timer.count === event.callback) return nextMatch(timer, event.cycles);
  }
  return event.cycles;
}

/**
 * When a timer reaches a compare value or its top. avr8js counts any number of counts in one go, up to the wrap;
 * so between them nothing can be told apart from counting one by one. Which of its interrupts are enabled is not
 * asked: flags that a program polls come in time too, and a wake for nothing happens at most thrice a wrap.
 */
function nextMatch(timer: TimerInside, counted: number): number {
  const { tcnt, TOP, ocrA, ocrB, timerMode, divider } = timer;
  const plain = timerMode === TimerMode.normal || timerMode === TimerMode.clearOnCompare;
  // A counter above its top, or a setting that the next count takes over: let avr8js count once.
  if (!plain || timer.updateDivider || timer.tcntUpdated || divider === 0 || tcnt > TOP) return counted;
  let counts = TOP + 1 - tcnt;
  if (ocrA > tcnt) counts = Math.min(counts, ocrA - tcnt);
  if (ocrB > tcnt) counts = Math.min(counts, ocrB - tcnt);
  return Math.max(counted, timer.lastCycle + counts * divider);
}
