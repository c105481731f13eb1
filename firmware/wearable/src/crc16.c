#include "crc16.h"

#ifdef __AVR__
#include <util/crc16.h>
#define continue_crc _crc_xmodem_update
#else
static uint16_t continue_crc(uint16_t crc, uint8_t byte) {
  crc ^= (uint16_t)(byte << 8);
  for (uint8_t bit = 0; bit < 8; bit++) crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
  return crc;
}
#endif

uint16_t crc16(const uint8_t *bytes, uint16_t length, uint16_t crc) {
  while (length-- > 0) crc = continue_crc(crc, *bytes++);
  return crc;
}
