#include "frame.h"

#include "battery.h"
#include "bytes.h"
#include "epoch.h"
#include "kept.h"
#include "ring.h"
#include "settings.h"

#ifndef FIRMWARE_VERSION
#error "FIRMWARE_VERSION: major in the upper 4 bits, minor in the next 6, patch in the lower 6"
#endif

/* Offsets in the payloads. */
enum { AT_RESET_CAUSE = 0, AT_RING_FRAMES = 1, AT_IMAGE_HASH = 2, AT_DROPPED_FRAMES = 6 };
enum { AT_EVENT_TYPE = 0, AT_EVENT_PEAK = 2, AT_EVENT_MIN = 4, AT_EVENT_GYRO_PEAK = 6, AT_EVENT_TILT = 8, AT_EVENT_OFFSET_MS = 10 };
/* 16384 * the cosine of no angle at all. */
enum { NO_TILT = 16384 };

uint16_t frame_boot;
uint32_t frame_nextSeq;

void frame_start(void) {
  frame_boot = settings_next_boot();
  frame_nextSeq = 0;
}

uint8_t *frame_begin(uint8_t kind, uint16_t payloadBytes, uint32_t startTicks, uint16_t slotMs, uint8_t flags) {
  if (!kept.link.isUp) flags |= FLAG_BACKFILL;
  if (!epoch_isSynced) flags |= FLAG_CLOCK_NOT_SYNCED;
  uint64_t startMs = epoch_at(startTicks);
  uint8_t *frame = ring_reserve(HEADER_BYTES + payloadBytes);
  frame[AT_VERSION] = FRAME_VERSION;
  frame[AT_KIND] = kind;
  frame[AT_FLAGS] = flags;
  frame[AT_MOUNTING] = (uint8_t)(settings.placement | settings.accelRange << 3 | settings.gyroRange << 5);
  put_u32(frame + AT_DEVICE, settings.device);
  put_u16(frame + AT_BOOT, frame_boot);
  put_u16(frame + AT_FIRMWARE, FIRMWARE_VERSION);
  put_u32(frame + AT_SEQ, frame_nextSeq);
  put_u32(frame + AT_START_MS, (uint32_t)startMs);
  put_u16(frame + AT_START_MS + 4, (uint16_t)(startMs >> 32));
  put_u16(frame + AT_BATTERY_MV, battery_millivolts());
  put_u16(frame + AT_SLOT_MS, slotMs);
  put_u16(frame + AT_PAYLOAD_LENGTH, payloadBytes);
  return frame;
}

void frame_hold(uint8_t *frame) {
  ring_hold(frame, ring_fixed_bytes(frame));
  frame_nextSeq++;
  /* No number is used twice: after the last one of a boot comes the first one of the next. */
  if (frame_nextSeq == 0) frame_boot = settings_next_boot();
}

void frame_boot_report(uint8_t resetCause, uint32_t imageHash) {
  /* Told before room is made: a frame that this report pushes out is told by the next one. */
  uint16_t droppedFrames = kept.link.droppedFrames;
  kept.link.droppedFrames = 0;
  uint8_t *frame = frame_begin(FRAME_BOOT, BOOT_BYTES, kept.ticks, 0, 0);
  uint8_t *payload = frame + HEADER_BYTES;
  payload[AT_RESET_CAUSE] = resetCause;
  payload[AT_RING_FRAMES] = RING_FRAMES;
  put_u32(payload + AT_IMAGE_HASH, imageHash);
  put_u16(payload + AT_DROPPED_FRAMES, droppedFrames);
  frame_hold(frame);
}

void frame_event(uint8_t type, uint32_t startTicks, const struct event *event) {
  uint8_t *frame = frame_begin(FRAME_EVENT, EVENT_BYTES, startTicks, 0, 0);
  uint8_t *payload = frame + HEADER_BYTES;
  payload[AT_EVENT_TYPE] = type;
  put_u16(payload + AT_EVENT_PEAK, event->peak);
  put_u16(payload + AT_EVENT_MIN, event->min);
  put_u16(payload + AT_EVENT_GYRO_PEAK, event->gyroPeak);
  put_u16(payload + AT_EVENT_TILT, (uint16_t)event->tiltCosine);
  put_u16(payload + AT_EVENT_OFFSET_MS, event->offsetMs);
  frame_hold(frame);
}

void frame_button(void) { frame_event(EVENT_BUTTON, kept.ticks, &(struct event){.tiltCosine = NO_TILT}); }
