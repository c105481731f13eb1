#pragma once
/* Resets a chip that has not worked off a tick for 2 s. */
#include <stdint.h>

void watchdog_start(void);
void watchdog_feed(void);

/* Why the chip started: the bits of MCUSR. */
uint8_t watchdog_reset_cause(void);
