#pragma once
/* The device's clock: ticks since power came, and what the server said of the time. */
#include <stdbool.h>
#include <stdint.h>

extern bool epoch_isSynced;

void epoch_start(void);

/* `epochMs` is the time of this tick. Frames that were made without a clock get their true start. */
void epoch_sync(uint64_t epochMs);

/* The start time of what began at `ticks`; without a clock: ms since power came. */
uint64_t epoch_at(uint32_t ticks);
