#pragma once
#include <stdint.h>

/* CRC-16/IBM-3740: polynomial 0x1021, start 0xFFFF, not reflected, no final xor. "123456789" gives 0x29B1. */
enum { CRC16_START = 0xFFFF };

/* Continues `crc` over `length` bytes; a CRC can be kept and continued later. */
uint16_t crc16(const uint8_t *bytes, uint16_t length, uint16_t crc);
