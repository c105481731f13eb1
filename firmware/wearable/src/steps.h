#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Steps of one slot: upward crossings of 1/32 g by the length of the acceleration, band-passed at 0.5-3 Hz. */
struct steps {
  uint8_t count;
  uint8_t since;
  bool armed;
  bool begun;
  uint16_t before1;
  uint16_t before2;
  int16_t output1;
  int16_t output2;
  int16_t remainder;
};

/* Everything else must be zero. */
void steps_begin(struct steps *steps);

/* `magnitude` in counts / 2; `threshold` in the same. */
void steps_add(struct steps *steps, uint16_t magnitude, int16_t threshold);
