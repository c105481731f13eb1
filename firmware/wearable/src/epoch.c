#include "epoch.h"

#include <stddef.h>

#include "bytes.h"
#include "kept.h"
#include "ring.h"

bool epoch_isSynced;
/* Epoch ms when power came, modulo 2^64. */
static uint64_t offsetMs;

static uint64_t ms_of(uint32_t ticks) { return (uint64_t)ticks * TICK_MS; }

void epoch_start(void) {
  epoch_isSynced = false;
  offsetMs = 0;
}

uint64_t epoch_at(uint32_t ticks) { return ms_of(ticks) + offsetMs; }

void epoch_sync(uint64_t epochMs) {
  offsetMs = epochMs - ms_of(kept.ticks);
  epoch_isSynced = true;
  for (uint8_t *frame = ring_oldest(); frame != NULL; frame = ring_next(frame)) {
    if (!(frame[AT_FLAGS] & FLAG_CLOCK_NOT_SYNCED)) continue;
    frame[AT_FLAGS] &= (uint8_t)~FLAG_CLOCK_NOT_SYNCED;
    uint64_t startMs = get_u32(frame + AT_START_MS) | (uint64_t)get_u16(frame + AT_START_MS + 4) << 32;
    startMs += offsetMs;
    put_u32(frame + AT_START_MS, (uint32_t)startMs);
    put_u16(frame + AT_START_MS + 4, (uint16_t)(startMs >> 32));
    ring_reseal(frame);
  }
}
