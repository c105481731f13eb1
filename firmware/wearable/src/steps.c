#include "steps.h"

enum { COEFFICIENT_BITS = 14, REMAINDER = (1 << COEFFICIENT_BITS) - 1 };
/* Two steps are at least 0.24 s apart: four a second. */
enum { APART_SAMPLES = 12 };

/* The locomotion band, as in bands.c. */
enum { B = 2240, A1 = -27951, A2 = 11904 };

void steps_begin(struct steps *steps) {
  steps->armed = true;
  steps->since = APART_SAMPLES;
}

void steps_add(struct steps *steps, uint16_t magnitude, int16_t threshold) {
  if (!steps->begun) {
    steps->begun = true;
    steps->before1 = steps->before2 = magnitude;
    steps->remainder = 1 << (COEFFICIENT_BITS - 1);
  }
  int32_t sum = (int32_t)B * (int16_t)(magnitude - steps->before2) - (int32_t)A1 * steps->output1 -
                (int32_t)A2 * steps->output2 + steps->remainder;
  int32_t output = sum >> COEFFICIENT_BITS;
  if (output > 32767) output = 32767;
  if (output < -32768) output = -32768;
  steps->remainder = (int16_t)(sum & REMAINDER);
  steps->before2 = steps->before1;
  steps->before1 = magnitude;
  steps->output2 = steps->output1;
  steps->output1 = (int16_t)output;
  if (steps->since < APART_SAMPLES) steps->since++;
  if (output < -threshold) {
    steps->armed = true;
  } else if (steps->armed && output > threshold && steps->since >= APART_SAMPLES) {
    steps->armed = false;
    steps->since = 0;
    steps->count++;
  }
}
