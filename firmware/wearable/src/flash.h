#pragma once
/* Constants that stay in flash: the chip copies all others into its 2 KB of RAM. */
#ifdef __AVR__
#include <avr/pgmspace.h>
#define FLASH PROGMEM
#define flash_u8(at) pgm_read_byte(at)
#define flash_i16(at) ((int16_t)pgm_read_word(at))
#define flash_u32(at) pgm_read_dword(at)
#else
#define FLASH
#define flash_u8(at) (*(at))
#define flash_i16(at) (*(at))
#define flash_u32(at) (*(at))
#endif
