#include "falls.h"

#include <stddef.h>
#include <string.h>

#include "frame.h"
#include "isqrt.h"
#include "kept.h"
#include "multiply.h"
#include "settings.h"
#include "tilt.h"

enum {
  BLOCK_TICKS = 25,
  /* Of the time before an impact: gravity is taken of the two oldest. */
  BLOCKS_KEPT = 3,
  /* Greatest values are those of the first so many blocks from the impact on. */
  BLOCKS_OF_PEAK = 2,
  BLOCKS_TO_DECISION = 4,
  DECISION_TICKS = BLOCKS_TO_DECISION * BLOCK_TICKS,
  REST_TICKS = 250,
};
/* 3 g in counts at 2 g. */
#define IMPACT 49152U
/* 16384 * cos 45 degrees, rounded up: from here on it is 45 degrees or less. */
enum { COSINE_OF_45 = 11586 };

/* The half second that runs. */
static struct {
  int32_t sums[3];
  uint32_t leastSquare;
  uint32_t rotationSquare;
  uint8_t ticks;
  uint8_t samples;
} block;

/* Those before it, newest first. */
static int16_t means[BLOCKS_KEPT][3];
static uint16_t least[2];
static uint16_t rotation[2];

static struct {
  /* Which block runs since the impact, from 1; 0: there was none. */
  uint8_t block;
  uint8_t peakTick;
  uint32_t peakSquare;
  uint16_t min;
  uint16_t gyroPeak;
  int16_t before[3];
} impact;

static uint8_t restTicks;

static uint16_t half_root(uint32_t square) { return isqrt(square) >> 1; }

static uint32_t square_of(const int16_t *axes) {
  uint32_t square = 0;
  for (uint8_t i = 0; i < 3; i++) square += (uint32_t)multiply_signed(axes[i], axes[i]);
  return square;
}

static uint16_t smaller(uint16_t a, uint16_t b) { return a < b ? a : b; }
static uint16_t greater(uint16_t a, uint16_t b) { return a > b ? a : b; }

static void begin_block(void) {
  memset(&block, 0, sizeof block);
  block.leastSquare = 0xFFFFFFFF;
}

void falls_start(void) {
  begin_block();
  /* Without a direction before there is no fall. When there is one again, `least` and `rotation` are new, too. */
  memset(means, 0, sizeof means);
  impact.block = 0;
  restTicks = 0;
}

/* Half the mean of two blocks' means, so that a sum of three products fits 32 bits. */
static int16_t half_mean(uint8_t of, uint8_t axis) { return (int16_t)(((int32_t)means[of][axis] + means[of + 1][axis]) >> 2); }

/* The block that ran is let go: the fall itself lies in it. Its least and greatest are taken. */
static void begin_impact(void) {
  for (uint8_t axis = 0; axis < 3; axis++) impact.before[axis] = half_mean(1, axis);
  impact.min = smaller(smaller(least[0], least[1]), half_root(block.leastSquare));
  impact.gyroPeak = greater(greater(rotation[0], rotation[1]), half_root(block.rotationSquare));
  impact.peakSquare = 0;
  impact.block = 1;
  begin_block();
}

static void add(const int16_t *sample, uint32_t square) {
  uint32_t rotationSquare = square_of(sample + 3);
  for (uint8_t axis = 0; axis < 3; axis++) block.sums[axis] += sample[axis];
  if (square < block.leastSquare) block.leastSquare = square;
  if (rotationSquare > block.rotationSquare) block.rotationSquare = rotationSquare;
  block.samples++;
  if (impact.block != 0 && impact.block <= BLOCKS_OF_PEAK && square > impact.peakSquare) {
    impact.peakSquare = square;
    impact.peakTick = (uint8_t)((impact.block - 1) * BLOCK_TICKS + block.ticks);
  }
}

static void decide(void) {
  int32_t dot = 0;
  uint32_t beforeSquare = 0;
  uint32_t afterSquare = 0;
  for (uint8_t axis = 0; axis < 3; axis++) {
    int16_t before = impact.before[axis];
    int16_t after = half_mean(0, axis);
    dot += (int32_t)before * after;
    beforeSquare += (uint32_t)((int32_t)before * before);
    afterSquare += (uint32_t)((int32_t)after * after);
  }
  int16_t tiltCosine = cosine_of(dot, beforeSquare, afterSquare);
  if (tiltCosine >= COSINE_OF_45) return;
  restTicks = REST_TICKS;
  frame_event(EVENT_FALL, kept.ticks - DECISION_TICKS,
              &(struct event){.peak = half_root(impact.peakSquare),
                              .min = impact.min,
                              .gyroPeak = impact.gyroPeak,
                              .tiltCosine = tiltCosine,
                              .offsetMs = (uint16_t)(impact.peakTick * TICK_MS)});
}

static void end_block(void) {
  memmove(means[1], means[0], sizeof means - sizeof means[0]);
  for (uint8_t axis = 0; axis < 3; axis++)
    means[0][axis] = block.samples == 0 ? 0 : (int16_t)(block.sums[axis] / block.samples);
  least[1] = least[0];
  least[0] = half_root(block.leastSquare);
  rotation[1] = rotation[0];
  rotation[0] = half_root(block.rotationSquare);
  begin_block();
  if (impact.block == 0) return;
  if (impact.block == BLOCKS_OF_PEAK) impact.gyroPeak = greater(impact.gyroPeak, greater(rotation[0], rotation[1]));
  if (impact.block < BLOCKS_TO_DECISION) {
    impact.block++;
    return;
  }
  impact.block = 0;
  decide();
}

void falls_tick(const int16_t *sample) {
  if (settings.placement != PLACEMENT_WRIST) return;
  if (sample != NULL) {
    uint32_t square = square_of(sample);
    if (impact.block == 0 && restTicks == 0 && square > square_unsigned(IMPACT >> settings.accelRange)) begin_impact();
    add(sample, square);
  }
  if (restTicks > 0) restTicks--;
  if (++block.ticks == BLOCK_TICKS) end_block();
}
