#pragma once
/* Idle sleep: timers, bus and line go on, and any interrupt wakes the chip. */
#include <avr/interrupt.h>
#include <avr/sleep.h>

#define idle_start() sleep_enable()

/*
 * Sleeps until an interrupt has made `condition` false. The instruction after SEI is executed before any interrupt:
 * none can come between the look and the sleep. The NOP is for simavr, which takes an interrupt one instruction late.
 */
#define idle_while(condition) \
  do {                        \
    cli();                    \
    while (condition) {       \
      sei();                  \
      sleep_cpu();            \
      __asm__("nop");         \
      cli();                  \
    }                         \
    sei();                    \
  } while (0)
