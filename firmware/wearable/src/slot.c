#include "slot.h"

#include <stddef.h>
#include <string.h>

#include "bytes.h"
#include "features.h"
#include "frame.h"
#include "heart.h"
#include "kept.h"
#include "settings.h"

struct chunk {
  uint8_t samples;
  bool saturated;
  uint8_t payload[RAW_CHUNK_BYTES];
};

/* The two modes need about the same memory, and never at once. */
static union {
  struct features features;
  struct chunk chunk;
} slot;

static uint8_t mode;
static uint8_t nextMode;
static uint16_t nextTicks;
static uint16_t ticks;
static uint16_t ticksDone;
static uint32_t startTicks;
static uint8_t chunkIndex;

void slot_start(void) {
  mode = nextMode = settings.mode;
  slot_set_length(settings.slotMs);
  ticksDone = 0;
  chunkIndex = 0;
  heart_start();
}

void slot_set_length(uint16_t slotMs) {
  if (slotMs >= TICK_MS) nextTicks = slotMs / TICK_MS;
}

void slot_set_mode(uint8_t wanted) { nextMode = wanted; }

static void begin(void) {
  startTicks = kept.ticks - 1;
  heart_begin();
  if (chunkIndex == 0) mode = nextMode;
  if (mode == MODE_RAW) {
    ticks = RAW_SAMPLES_PER_CHUNK;
    memset(&slot.chunk, 0, sizeof slot.chunk);
  } else {
    ticks = nextTicks;
    features_begin(&slot.features);
  }
}

/* Of a slot above 5.1 s the first 255 samples count: their number is one byte on the wire. */
static uint8_t counted_ticks(void) { return ticks > SAMPLES_MAX ? SAMPLES_MAX : (uint8_t)ticks; }

static void add_to_chunk(const int16_t *sample) {
  struct chunk *chunk = &slot.chunk;
  uint8_t *at = chunk->payload + 2 + 2 * AXES * chunk->samples;
  for (uint8_t i = 0; i < AXES; i++) {
    put_u16(at + 2 * i, (uint16_t)sample[i]);
    if (sample[i] == 32767 || sample[i] == -32768) chunk->saturated = true;
  }
  chunk->samples++;
}

static uint8_t flags_of(uint8_t samples, bool saturated) {
  return (samples < counted_ticks() ? FLAG_GAP : 0) | (saturated ? FLAG_SATURATED : 0);
}

static void end_features(void) {
  uint8_t flags = flags_of(slot.features.samples, slot.features.saturated);
  uint8_t *frame = frame_begin(FRAME_FEATURES, FEATURES_BYTES, startTicks, ticks * TICK_MS, flags);
  features_end(&slot.features, frame + HEADER_BYTES);
  heart_end(frame + HEADER_BYTES);
  frame_hold(frame);
}

static void end_chunk(void) {
  struct chunk *chunk = &slot.chunk;
  uint8_t flags = flags_of(chunk->samples, chunk->saturated);
  chunk->payload[0] = chunkIndex;
  chunk->payload[1] = chunk->samples;
  uint8_t *frame = frame_begin(FRAME_RAW_CHUNK, RAW_CHUNK_BYTES, startTicks, RAW_SLOT_MS, flags);
  memcpy(frame + HEADER_BYTES, chunk->payload, RAW_CHUNK_BYTES);
  frame_hold(frame);
  chunkIndex = chunkIndex + 1 == RAW_CHUNKS_PER_READING ? 0 : chunkIndex + 1;
}

void slot_tick(const int16_t *sample) {
  if (ticksDone == 0) begin();
  /* In raw mode, too, where nothing is told of it: what the hub holds is never many reports. */
  heart_tick();
  if (sample != NULL) {
    if (mode == MODE_RAW) add_to_chunk(sample);
    else if (ticksDone < counted_ticks())
      features_add(&slot.features, sample, (uint8_t)ticksDone, counted_ticks(), settings.accelRange);
  }
  if (++ticksDone < ticks) return;
  ticksDone = 0;
  if (mode == MODE_RAW) end_chunk();
  else end_features();
}
