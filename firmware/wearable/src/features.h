#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "bands.h"
#include "layout.h"
#include "steps.h"
#include "tilt.h"

struct axis {
  int32_t sum;
  struct wide squares;
  int16_t before1;
  int16_t before2;
  int16_t min;
  int16_t max;
  struct band bands[BANDS];
};

/*
 * The features of one slot, sample by sample: what firmware/src/twin/features computes of all samples at once,
 * in the same integers.
 */
struct features {
  uint8_t samples;
  bool saturated;
  uint16_t magnitudeMin;
  uint16_t magnitudeMax;
  struct axis axes[AXES];
  /* Of the accelerometer and the gyroscope. */
  struct wide energies[2][BANDS];
  struct steps steps;
  struct tilt tilt;
};

void features_begin(struct features *features);

/*
 * `tick`: which of the slot's `ticks` it is, from 0; its first and last second make the tilt. `accelRange` as in the
 * frame header.
 */
void features_add(struct features *features, const int16_t *sample, uint8_t tick, uint8_t ticks, uint8_t accelRange);

/* Writes the payload; `into` is zero before. */
void features_end(struct features *features, uint8_t *into);
