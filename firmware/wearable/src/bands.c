#include "bands.h"

#include <stdbool.h>

#include "multiply.h"

enum { COEFFICIENT_BITS = 14, FINE_BITS = 4 };
#define HALF (1L << (COEFFICIENT_BITS - 1))
/* Sums of 2^29 and more, or less than -2^29, give outputs above 16 bits. Their highest byte tells. */
#define FITS(sum) ((uint8_t)((uint8_t)((uint32_t)(sum) >> 24) + 0x20) < 0x40)

/* The compiler makes one shift of two, and of that a loop that takes ten times as long. */
#define keep_shifts_apart(value) __asm__("" : "+r"(value))

/*
 * One filter: y = b (x - x[-2]) - a1 y[-1] - a2 y[-2], with the coefficients of docs/wire-format.md times 2^14, the
 * latter two negated.
 *
 * The output is kept in 16 bits, and what is cut off goes into the next two sums (twice, then once with the other
 * sign): that moves its noise out of the low bands, where it would drown a signal of a few counts. The energy is
 * taken with four more bits behind the point. firmware/src/twin/features/band-energy.ts does the same.
 */
static inline __attribute__((always_inline)) void add(struct band *band, int16_t b, int16_t minusA1, int16_t minusA2,
                                                      int32_t difference, bool isNarrow, uint8_t halvings,
                                                      struct wide *energy) {
  int32_t sum = isNarrow ? multiply_signed((int16_t)difference, b) : difference * b;
  int16_t output1 = band->output1;
  int16_t cut1 = band->cut1;
  sum += multiply_signed(output1, minusA1);
  sum += multiply_signed(band->output2, minusA2);
  sum += (int16_t)(2 * cut1 - band->cut2);
  band->output2 = output1;
  band->cut2 = cut1;

  int32_t rounded = sum + HALF;
  band->cut1 = (int16_t)(((uint16_t)rounded & ((1 << COEFFICIENT_BITS) - 1)) - HALF);
  uint16_t low;
  uint8_t high;
  if (FITS(rounded)) {
    /* Shifts by whole bytes are cheap on eight bits: 14 down is 2 up and 16 down. */
    band->output1 = (int16_t)((uint32_t)rounded << (16 - COEFFICIENT_BITS) >> 16);
    /* The length of sum >> 10, 20 bits: of a negative sum it is one more than that of its complement. */
    uint32_t fine = (uint32_t)(sum < 0 ? ~sum : sum) >> 8;
    keep_shifts_apart(fine);
    fine >>= COEFFICIENT_BITS - FINE_BITS - 8;
    if (sum < 0) fine++;
    low = (uint16_t)fine;
    high = (uint8_t)(fine >> 16);
  } else {
    band->output1 = sum > 0 ? 32767 : -32768;
    low = sum > 0 ? (uint16_t)(32767UL << FINE_BITS) : 0;
    high = sum > 0 ? 32767UL << FINE_BITS >> 16 : 32768UL << FINE_BITS >> 16;
  }

  if (halvings == WEIGHS_NOTHING) return;
  /* The square has 40 bits: the part above 16 bits is rarely there and goes by itself. */
  uint32_t square = (square_unsigned(low) >> halvings) + band->energyRest;
  band->energyRest = (uint8_t)square;
  wide_add(energy, square >> (2 * FINE_BITS));
  if (high != 0) {
    uint32_t rest = ((uint32_t)low * (uint8_t)(2 * high) << 8) + ((uint32_t)(uint8_t)(high * high) << 24);
    wide_add(energy, rest >> halvings);
  }
}

void bands_add(struct band bands[BANDS], int32_t difference, uint8_t halvings, struct wide energies[BANDS]) {
  bool isNarrow = difference == (int16_t)difference;
  add(&bands[0], 2240, 27951, -11904, difference, isNarrow, halvings, &energies[0]);
  add(&bands[1], 4018, 20037, -8348, difference, isNarrow, halvings, &energies[1]);
  add(&bands[2], 3347, 20742, -9689, difference, isNarrow, halvings, &energies[2]);
}
