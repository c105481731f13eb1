#pragma once
/* The 50 Hz tick: Timer1 begins again at compare match A. */
#include <stdbool.h>
#include <stdint.h>

void clock_start(void);

extern volatile uint8_t clock_ticksWaiting;

/* Takes one tick that has come and was not worked off; false: there is none. */
bool clock_take_tick(void);
static inline bool clock_has_tick(void) { return clock_ticksWaiting != 0; }

/* A limit below 20 ms: when it is over it wakes the chip, and says so. */
void clock_limit_start(uint16_t microseconds);
void clock_limit_end(void);
extern volatile bool clock_limitIsOver;
