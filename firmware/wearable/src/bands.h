#pragma once
#include <stdint.h>

#include "wide.h"

enum { BANDS = 3 };
/* A square that is halved so often is left out. */
enum { WEIGHS_NOTHING = 3 };

/* One band's filter on one axis: its last two outputs, what was cut off them, and the energy below one count^2. */
struct band {
  int16_t output1;
  int16_t output2;
  int16_t cut1;
  int16_t cut2;
  uint8_t energyRest;
};

/*
 * Takes one sample into the three filters of an axis: locomotion, freeze, tremor. `difference` is the sample less the
 * one before the last. Adds whole count^2 of the squared outputs, each halved so often, to `energies`, which the axes of
 * a sensor share.
 */
void bands_add(struct band bands[BANDS], int32_t difference, uint8_t halvings, struct wide energies[BANDS]);
