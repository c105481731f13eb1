#pragma once
/* Makes frames and holds them. */
#include <stdint.h>

#include "layout.h"

/* The number of this start of the device. */
extern uint16_t frame_boot;
/* The number of the next frame, of whatever kind. */
extern uint32_t frame_nextSeq;

void frame_start(void);

/*
 * Room for a frame of what began at `startTicks`, in the ring, its header written and its payload zero. Nothing else
 * may be made or released before `frame_hold`.
 */
uint8_t *frame_begin(uint8_t kind, uint16_t payloadBytes, uint32_t startTicks, uint16_t slotMs, uint8_t flags);
void frame_hold(uint8_t *frame);

/* A frame that says why the device started, and how many frames were given up since the last one. */
void frame_boot_report(uint8_t resetCause, uint32_t imageHash);

/* What happened at one moment. Lengths in counts / 2. */
struct event {
  uint16_t peak;
  uint16_t min;
  uint16_t gyroPeak;
  int16_t tiltCosine;
  uint16_t offsetMs;
};

/* A frame of what began at `startTicks`. */
void frame_event(uint8_t type, uint32_t startTicks, const struct event *event);

/* A frame of the moment at which the patient pressed the button. */
void frame_button(void);
