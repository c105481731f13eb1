#pragma once
/*
 * What survives a reset that does not cut the power: the held frames, and what the link must know to go on with them.
 * It lies in memory that no start clears, at a place that no version of the program changes, and is believed only when
 * its checks hold.
 */
#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

/* One more whenever what follows changes its meaning: the RAM of an older program is then not believed. */
enum { KEPT_FORMAT = 1 };

struct kept_link {
  uint8_t format;
  bool isUp;
  /* Low byte of the number of the last transmission. */
  uint8_t flight;
  /* Frames given up since the last boot report, at most 65535. */
  uint16_t droppedFrames;
  /* How many bytes of the ring are in use. */
  uint16_t ringBytes;
};

struct kept {
  struct kept_link link;
  uint16_t linkCheck;
  /* Ticks since power came, and the same inverted. */
  uint32_t ticks;
  uint32_t ticksInverted;
  /* Held frames, oldest first, without gaps: fixed part, then its CRC. */
  uint8_t ring[RING_BYTES];
};

extern struct kept kept;

/* After every change of `kept.link`. */
void kept_seal(void);

/* One more tick of 20 ms; `ticks` of them. */
void kept_add_ticks(uint32_t ticks);

/* `survives`: the reset left memory alone. Clears all of it otherwise, or when a check fails; tells which. */
bool kept_start(bool survives);
