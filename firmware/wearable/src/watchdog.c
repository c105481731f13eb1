#include "watchdog.h"

#include <avr/io.h>
#include <avr/wdt.h>

static uint8_t resetCause __attribute__((section(".noinit")));

/*
 * Runs before memory is cleared. After a watchdog reset the watchdog goes on with 16 ms, and cannot be stopped while
 * its bit in MCUSR is set.
 */
__attribute__((naked, used, section(".init3"))) static void take_reset_cause(void) {
  resetCause = MCUSR;
  MCUSR = 0;
  wdt_disable();
}

uint8_t watchdog_reset_cause(void) { return resetCause; }

void watchdog_start(void) { wdt_enable(WDTO_2S); }

void watchdog_feed(void) { wdt_reset(); }
