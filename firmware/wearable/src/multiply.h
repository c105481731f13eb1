#pragma once
/*
 * 16 by 16 bits to 32. The chip multiplies bytes; the compiler calls a function for more, and the 60 products of a
 * sample are half of what the chip does.
 */
#include <stdint.h>

#ifdef __AVR__

/* a b = 2^16 ah bh + 2^8 (ah bl + al bh) + al bl; the carry of a signed product is its sign. */
static inline int32_t multiply_signed(int16_t a, int16_t b) {
  int32_t product;
  uint8_t zero;
  __asm__("clr %[zero]\n\t"
          "muls %B[a], %B[b]\n\t"
          "movw %C[product], r0\n\t"
          "mul %A[a], %A[b]\n\t"
          "movw %A[product], r0\n\t"
          "mulsu %B[a], %A[b]\n\t"
          "sbc %D[product], %[zero]\n\t"
          "add %B[product], r0\n\t"
          "adc %C[product], r1\n\t"
          "adc %D[product], %[zero]\n\t"
          "mulsu %B[b], %A[a]\n\t"
          "sbc %D[product], %[zero]\n\t"
          "add %B[product], r0\n\t"
          "adc %C[product], r1\n\t"
          "adc %D[product], %[zero]\n\t"
          "clr __zero_reg__"
          : [product] "=&r"(product), [zero] "=&r"(zero)
          : [a] "a"(a), [b] "a"(b));
  return product;
}

static inline uint32_t square_unsigned(uint16_t a) {
  uint32_t product;
  uint8_t zero;
  __asm__("clr %[zero]\n\t"
          "mul %B[a], %B[a]\n\t"
          "movw %C[product], r0\n\t"
          "mul %A[a], %A[a]\n\t"
          "movw %A[product], r0\n\t"
          "mul %A[a], %B[a]\n\t"
          "lsl r0\n\t"
          "rol r1\n\t"
          "adc %D[product], %[zero]\n\t"
          "add %B[product], r0\n\t"
          "adc %C[product], r1\n\t"
          "adc %D[product], %[zero]\n\t"
          "clr __zero_reg__"
          : [product] "=&r"(product), [zero] "=&r"(zero)
          : [a] "r"(a));
  return product;
}

#else

static inline int32_t multiply_signed(int16_t a, int16_t b) { return (int32_t)a * b; }
static inline uint32_t square_unsigned(uint16_t a) { return (uint32_t)a * a; }

#endif
