#include "kept.h"

#include <string.h>

#include "crc16.h"
#include "ring.h"

#ifdef __AVR__
struct kept kept __attribute__((section(".noinit")));
#else
struct kept kept;
#endif

static uint16_t check_of_link(void) {
  return crc16((const uint8_t *)&kept.link, sizeof kept.link, CRC16_START);
}

void kept_seal(void) { kept.linkCheck = check_of_link(); }

void kept_add_ticks(uint32_t ticks) {
  kept.ticks += ticks;
  kept.ticksInverted = ~kept.ticks;
}

bool kept_start(bool survives) {
  if (survives && kept.link.format == KEPT_FORMAT && kept.linkCheck == check_of_link() &&
      kept.ticks == ~kept.ticksInverted && ring_is_whole()) {
    return true;
  }
  memset(&kept, 0, sizeof kept);
  kept.link.format = KEPT_FORMAT;
  kept_add_ticks(0);
  kept_seal();
  return false;
}
