import type { AVRADC, AVRTimer, AVRTWI, AVRUSART, CPU } from 'avr8js';

/**
 * The one place that knows what avr8js keeps to itself. The skip over sleep and the fixes of its pitfalls need a
 * few fields that its types call private; that is why the version is pinned exactly, and `quirks.test.ts` fails
 * when one of them is not there.
 */
export type Interrupt = Parameters<CPU['setInterruptFlag']>[0];

/** What happens at a cycle; events are a list in the order of their cycles. */
export interface ClockEvent {
  readonly cycles: number;
  readonly callback: () => void;
  readonly next: ClockEvent | null;
}

export interface CpuInside {
  readonly nextClockEvent: ClockEvent | null;
}

export interface TimerInside {
  readonly count: () => void;
  /** The counter's value at `lastCycle`. */
  readonly tcnt: number;
  readonly lastCycle: number;
  /** Cycles of a count; 0: the timer stands still. */
  readonly divider: number;
  readonly ocrA: number;
  readonly ocrB: number;
  readonly TOP: number;
  readonly MAX: number;
  /** One of {@link TimerMode}, or a mode that is not skipped over. */
  readonly timerMode: number;
  /** The program wrote the counter, and the next count takes the value over. */
  readonly tcntUpdated: boolean;
  readonly updateDivider: boolean;
}

/** Of avr8js's modes of a timer, those in which the next match can be told in advance. */
export const TimerMode = { normal: 0, clearOnCompare: 2 } as const;

export interface UsartInside {
  readonly RXC: Interrupt;
  readonly UDRE: Interrupt;
  readonly cyclesPerChar: number;
}

export interface TwiInside {
  readonly TWI: Interrupt;
  busy: boolean;
}

export interface AdcInside {
  readonly ADC: Interrupt;
}

export const insideCpu = (cpu: CPU): CpuInside => cpu as unknown as CpuInside;
export const insideTimer = (timer: AVRTimer): TimerInside => timer as unknown as TimerInside;
export const insideUsart = (usart: AVRUSART): UsartInside => usart as unknown as UsartInside;
export const insideTwi = (twi: AVRTWI): TwiInside => twi as unknown as TwiInside;
export const insideAdc = (adc: AVRADC): AdcInside => adc as unknown as AdcInside;
