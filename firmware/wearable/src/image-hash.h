#pragma once
#include <stdint.h>

/* The first four bytes of the SHA-256 of this program with this number 0: the Makefile links twice. */
uint32_t image_hash(void);
