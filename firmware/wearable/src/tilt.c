#include "tilt.h"

#include "isqrt.h"

#define ONE 16384

void tilt_add(struct tilt *tilt, const int16_t *sample, bool inFirst, bool inLast) {
  for (uint8_t axis = 0; axis < 3; axis++) {
    if (inFirst) tilt->first[axis] += sample[axis];
    if (inLast) tilt->last[axis] += sample[axis];
  }
  tilt->firstSamples += inFirst;
  tilt->lastSamples += inLast;
}

/* Means are halved so that a sum of three products fits 32 bits. */
int16_t tilt_cosine(const struct tilt *tilt) {
  if (tilt->firstSamples == 0 || tilt->lastSamples == 0) return ONE;
  int32_t dot = 0;
  uint32_t firstSquare = 0;
  uint32_t lastSquare = 0;
  for (uint8_t axis = 0; axis < 3; axis++) {
    int16_t first = (int16_t)(tilt->first[axis] / tilt->firstSamples) >> 1;
    int16_t last = (int16_t)(tilt->last[axis] / tilt->lastSamples) >> 1;
    dot += (int32_t)first * last;
    firstSquare += (uint32_t)((int32_t)first * first);
    lastSquare += (uint32_t)((int32_t)last * last);
  }
  return cosine_of(dot, firstSquare, lastSquare);
}

int16_t cosine_of(int32_t dot, uint32_t firstSquare, uint32_t lastSquare) {
  uint16_t firstLength = isqrt(firstSquare);
  uint16_t lastLength = isqrt(lastSquare);
  if (firstLength == 0 || lastLength == 0) return ONE;
  int32_t cosine = dot / (int32_t)firstLength * ONE / (int32_t)lastLength;
  if (cosine > ONE) return ONE;
  if (cosine < -ONE) return -ONE;
  return (int16_t)cosine;
}
