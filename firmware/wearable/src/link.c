#include "link.h"

#include <stddef.h>

#include "bytes.h"
#include "flash.h"
#include "kept.h"
#include "modem.h"
#include "ring.h"

enum { ACK_TIMEOUT_TICKS = 2 * TICKS_PER_SECOND, RETRY_DELAYS = 5 };

/* Delays between a transmission's time-out and the next one: 1, 2, 4, 8, 16, 16, ... s. */
static uint16_t retry_delay_ticks(uint8_t retries) { return (uint16_t)TICKS_PER_SECOND << retries; }

/* The frame in flight, also while its retry delay runs; it may have been dropped meanwhile. */
static bool isFlying;
static uint16_t flyingBoot;
static uint32_t flyingSeq;
static uint8_t retries;
/* Ticks until the oldest frame may go. */
static uint16_t waitTicks;

/* Nothing is in flight any more, and the oldest held frame may go at once. */
static void land(void) {
  isFlying = false;
  retries = 0;
  waitTicks = 0;
}

static bool is_flying(const uint8_t *frame) {
  return isFlying && get_u16(frame + AT_BOOT) == flyingBoot && get_u32(frame + AT_SEQ) == flyingSeq;
}

void link_start(void) { land(); }

void link_tick(void) {
  if (waitTicks > 0) waitTicks--;
}

void link_transmit(void) {
  const uint8_t *frame = ring_oldest();
  if (!kept.link.isUp || waitTicks > 0 || frame == NULL || frame[AT_FLAGS] & FLAG_CLOCK_NOT_SYNCED) return;
  if (!is_flying(frame)) retries = 0;
  else if (retries < RETRY_DELAYS - 1) retries++;
  isFlying = true;
  flyingBoot = get_u16(frame + AT_BOOT);
  flyingSeq = get_u32(frame + AT_SEQ);
  kept.link.flight++;
  kept_seal();
  waitTicks = ACK_TIMEOUT_TICKS + retry_delay_ticks(retries);
  /* The oldest held frame is also the oldest of its own boot: its number is the trailer's. */
  modem_send_frame(kept.link.flight, frame, ring_fixed_bytes(frame), flyingSeq, ring_sealed(frame));
}

void link_changed(bool isUp) {
  kept.link.isUp = isUp;
  kept_seal();
  land();
}

void link_acknowledged(uint16_t boot, uint32_t seq) {
  if (isFlying && flyingBoot == boot && flyingSeq <= seq) land();
  ring_release(boot, seq);
}

void link_rejected(uint8_t flight, bool later, uint16_t retryAfterMs) {
  if (!isFlying || flight != kept.link.flight) return;
  if (later) {
    waitTicks = retryAfterMs == RETRY_NOT_GIVEN ? retry_delay_ticks(retries)
                                                : (uint16_t)(((uint32_t)retryAfterMs + TICK_MS - 1) / TICK_MS);
    return;
  }
  const uint8_t *oldest = ring_oldest();
  if (oldest != NULL && is_flying(oldest)) ring_remove_oldest();
  land();
}
