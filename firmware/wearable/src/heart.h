#pragma once
/* The heart's fields of a slot, of the beats that the hub tells (docs/wire-format.md). firmware/src/twin/pulse-meter.ts does the same. */
#include <stdint.h>

void heart_start(void);

/* A slot begins. */
void heart_begin(void);

/* One tick: what the hub has to tell. */
void heart_tick(void);

/* Writes the heart's fields into a payload of features, in which they are zero before. */
void heart_end(uint8_t *payload);
