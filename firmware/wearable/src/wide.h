#pragma once
/* Sums of squares: 48 bits, since the compiler's 64-bit arithmetic costs four times the cycles and a third more RAM. */
#include <stdint.h>

struct wide {
  uint32_t low;
  uint16_t high;
};

static inline void wide_add(struct wide *sum, uint32_t value) {
  sum->low += value;
  if (sum->low < value) sum->high++;
}

static inline uint64_t wide_value(const struct wide *sum) { return (uint64_t)sum->high << 32 | sum->low; }
