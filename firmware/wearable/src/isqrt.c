#include "isqrt.h"

/*
 * Digit by digit in base 2. `root` holds the root found so far, moved so that the next trial subtracts
 * (root + bit)^2 - root^2 without a multiplication.
 */
uint16_t isqrt(uint32_t value) {
  uint32_t bit = 1UL << 30;
  uint32_t root = 0;
  while (bit > value) bit >>= 2;
  while (bit != 0) {
    if (value >= root + bit) {
      value -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
    bit >>= 2;
  }
  return (uint16_t)root;
}
