#include "features.h"

#include <string.h>

#include "bytes.h"
#include "isqrt.h"
#include "log2.h"
#include "multiply.h"

/* Offsets in the payload. */
enum { AT_SAMPLES = 0, AT_STEPS = 1, AT_AXES = 2, AXIS_BYTES = 8, AT_ENERGIES = 50, AT_MAGNITUDES = 62, AT_TILT = 66 };

void features_begin(struct features *features) {
  memset(features, 0, sizeof *features);
  features->magnitudeMin = 0xFFFF;
  for (uint8_t i = 0; i < AXES; i++) {
    features->axes[i].min = 32767;
    features->axes[i].max = -32768;
  }
  steps_begin(&features->steps);
}

/* The filters begin at rest on the slot's first sample, so that gravity is no step. Gives the value's square. */
static uint32_t add_to_axis(struct axis *axis, int16_t value, bool isFirst, uint8_t halvings, struct wide *energies) {
  if (isFirst) axis->before1 = axis->before2 = value;
  int32_t difference = (int32_t)value - axis->before2;
  axis->before2 = axis->before1;
  axis->before1 = value;
  axis->sum += value;
  uint32_t square = (uint32_t)multiply_signed(value, value);
  wide_add(&axis->squares, square);
  if (value < axis->min) axis->min = value;
  if (value > axis->max) axis->max = value;
  bands_add(axis->bands, difference, halvings, energies);
  return square;
}

/*
 * How often the squares of the accelerometer's filters are halved, by eighths of the slot: left out, 2, 1, 0, 0, 1, 2,
 * left out. A filter that begins at rest swings in at first (firmware/src/twin/features/energy-weights.ts).
 */
static uint8_t halvings_at(uint8_t tick, uint8_t ticks) {
  uint8_t eighth = (uint8_t)(((uint16_t)tick << 3) / ticks);
  return eighth < 4 ? WEIGHS_NOTHING - eighth : eighth - (7 - WEIGHS_NOTHING);
}

void features_add(struct features *features, const int16_t *sample, uint8_t tick, uint8_t ticks, uint8_t accelRange) {
  uint32_t lengthSquare = 0;
  uint8_t halvings = halvings_at(tick, ticks);
  for (uint8_t i = 0; i < AXES; i++) {
    int16_t value = sample[i];
    struct wide *energies = features->energies[i >= 3];
    uint32_t square = add_to_axis(&features->axes[i], value, features->samples == 0, i < 3 ? halvings : 0, energies);
    if (i < 3) lengthSquare += square;
    if (value == 32767 || value == -32768) features->saturated = true;
  }
  uint16_t magnitude = isqrt(lengthSquare) >> 1;
  if (magnitude < features->magnitudeMin) features->magnitudeMin = magnitude;
  if (magnitude > features->magnitudeMax) features->magnitudeMax = magnitude;
  /* 1/32 g: 1 g is 16384 counts at 2 g, and magnitudes are halved. */
  steps_add(&features->steps, magnitude, (8192 >> accelRange) >> 5);
  tilt_add(&features->tilt, sample, tick < TICKS_PER_SECOND, (uint16_t)tick + TICKS_PER_SECOND >= ticks);
  features->samples++;
}

void features_end(struct features *features, uint8_t *into) {
  uint8_t samples = features->samples;
  if (samples == 0) return;
  into[AT_SAMPLES] = samples;
  into[AT_STEPS] = features->steps.count;
  uint8_t *at = into + AT_AXES;
  for (uint8_t i = 0; i < AXES; i++) {
    const struct axis *axis = &features->axes[i];
    put_u16(at, (uint16_t)(axis->sum / samples));
    put_u16(at + 2, isqrt((uint32_t)(wide_value(&axis->squares) / samples)));
    put_u16(at + 4, (uint16_t)axis->min);
    put_u16(at + 6, (uint16_t)axis->max);
    at += AXIS_BYTES;
  }
  at = into + AT_ENERGIES;
  for (uint8_t i = 0; i < 2; i++) {
    for (uint8_t j = 0; j < BANDS; j++) {
      put_u16(at, log2_fixed(&features->energies[i][j]));
      at += 2;
    }
  }
  put_u16(into + AT_MAGNITUDES, features->magnitudeMin);
  put_u16(into + AT_MAGNITUDES + 2, features->magnitudeMax);
  put_u16(into + AT_TILT, (uint16_t)tilt_cosine(&features->tilt));
}
