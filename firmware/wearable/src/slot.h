#pragma once
/*
 * Cuts the samples into slots and makes their frames. A slot is so many ticks, never so many good samples: silence then
 * always means a dead device or link.
 */
#include <stdint.h>

void slot_start(void);

/* One tick; `sample`: six axes, or NULL where the sensor did not answer. */
void slot_tick(const int16_t *sample);

/* From the next slot (of raw mode: the next reading) on. */
void slot_set_length(uint16_t slotMs);
void slot_set_mode(uint8_t mode);
