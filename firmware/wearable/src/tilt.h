#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Sums of the acceleration over a slot's first and last second, and of how many samples. */
struct tilt {
  int32_t first[3];
  int32_t last[3];
  uint8_t firstSamples;
  uint8_t lastSamples;
};

void tilt_add(struct tilt *tilt, const int16_t *sample, bool inFirst, bool inLast);

/* 16384 * the cosine of the angle between the two means; 16384 where there is no angle to tell. */
int16_t tilt_cosine(const struct tilt *tilt);

/* The same of two vectors: their scalar product and their squares, each below 2^30. */
int16_t cosine_of(int32_t dot, uint32_t firstSquare, uint32_t lastSquare);
