#pragma once
/*
 * Stop and wait, as the Twin of firmware/src/twin/twin.ts does it and its table tells: at most one frame is in flight,
 * always the oldest held one. Time is counted in ticks.
 */
#include <stdbool.h>
#include <stdint.h>

/* A start of the device: nothing is in flight, and the oldest held frame may go at once. */
void link_start(void);

/* One tick has passed. */
void link_tick(void);

/* Sends the oldest held frame, if it may go now. */
void link_transmit(void);

void link_changed(bool isUp);

/* The server has everything of `boot` up to and including `seq`. */
void link_acknowledged(uint16_t boot, uint32_t seq);

enum { RETRY_NOT_GIVEN = 0xFFFF };

/* The server did not take the frame of transmission `flight`; `later`: it may come again. */
void link_rejected(uint8_t flight, bool later, uint16_t retryAfterMs);
