#pragma once
/*
 * Falls, told by a device at the wrist alone: an impact above 3 g, behind which gravity lies more than 45 degrees elsewhere than before (docs/firmware-link.md).
 * FallDetector of firmware/src/twin/fall-detector.ts is the same in the same integers, and tells why.
 */
#include <stdint.h>

/* A start of the device: nothing is known of the time before. */
void falls_start(void);

/* One tick; `sample`: six axes, or NULL where the sensor did not answer. Holds the event's frame when a fall is decided. */
void falls_tick(const int16_t *sample);
