#pragma once
#include <stdint.h>

/* The greatest integer whose square is not above `value`. */
uint16_t isqrt(uint32_t value);
