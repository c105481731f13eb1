#include "ring.h"

#include <stddef.h>
#include <string.h>

#include "bytes.h"
#include "crc16.h"
#include "kept.h"

enum { CRC_BYTES = 2 };

static uint8_t *ring_end(void) { return kept.ring + kept.link.ringBytes; }

static uint8_t *record_end(const uint8_t *frame) {
  return (uint8_t *)frame + ring_fixed_bytes(frame) + CRC_BYTES;
}

uint16_t ring_fixed_bytes(const uint8_t *frame) { return HEADER_BYTES + get_u16(frame + AT_PAYLOAD_LENGTH); }

uint8_t *ring_oldest(void) { return kept.link.ringBytes == 0 ? NULL : kept.ring; }

uint8_t *ring_next(const uint8_t *frame) {
  uint8_t *next = record_end(frame);
  return next < ring_end() ? next : NULL;
}

/* Takes out the records of [from, to). */
static void cut(uint8_t *from, uint8_t *to) {
  memmove(from, to, (size_t)(ring_end() - to));
  kept.link.ringBytes -= (uint16_t)(to - from);
  kept_seal();
}

void ring_remove_oldest(void) { cut(kept.ring, record_end(kept.ring)); }

static uint8_t held_frames(void) {
  uint8_t frames = 0;
  for (const uint8_t *frame = ring_oldest(); frame != NULL; frame = ring_next(frame)) frames++;
  return frames;
}

uint8_t *ring_reserve(uint16_t fixedBytes) {
  while (held_frames() >= RING_FRAMES || kept.link.ringBytes + fixedBytes + CRC_BYTES > RING_BYTES) {
    if (kept.link.droppedFrames < 0xFFFF) kept.link.droppedFrames++;
    ring_remove_oldest();
  }
  return memset(ring_end(), 0, fixedBytes);
}

void ring_hold(uint8_t *frame, uint16_t fixedBytes) {
  ring_reseal(frame);
  kept.link.ringBytes += fixedBytes + CRC_BYTES;
  kept_seal();
}

void ring_release(uint16_t boot, uint32_t seq) {
  uint8_t *from = ring_oldest();
  while (from != NULL && get_u16(from + AT_BOOT) != boot) from = ring_next(from);
  if (from == NULL) return;
  /* Frames lie in the order of boots and numbers, so those that are covered lie together. */
  uint8_t *to = from;
  while (to < ring_end() && get_u16(to + AT_BOOT) == boot && get_u32(to + AT_SEQ) <= seq) to = record_end(to);
  if (to > from) cut(from, to);
}

uint16_t ring_sealed(const uint8_t *frame) { return get_u16(frame + ring_fixed_bytes(frame)); }

void ring_reseal(uint8_t *frame) {
  uint16_t length = ring_fixed_bytes(frame);
  put_u16(frame + length, crc16(frame, length, CRC16_START));
}

bool ring_is_whole(void) {
  uint16_t at = 0;
  while (at < kept.link.ringBytes) {
    if (at + HEADER_BYTES + CRC_BYTES > RING_BYTES) return false;
    const uint8_t *frame = kept.ring + at;
    uint16_t payload = get_u16(frame + AT_PAYLOAD_LENGTH);
    if (payload > RAW_CHUNK_BYTES) return false;
    at += HEADER_BYTES + payload + CRC_BYTES;
    if (at > RING_BYTES) return false;
    if (crc16(frame, HEADER_BYTES + payload, CRC16_START) != ring_sealed(frame)) return false;
  }
  return at == kept.link.ringBytes;
}
