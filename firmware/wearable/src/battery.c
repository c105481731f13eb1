#include "battery.h"

#include <avr/io.h>

/* Two equal resistors halve the battery's voltage before input 0; full scale is the supply of 3.3 V. */
#define FULL_SCALE_MV 6600UL
enum { STEPS_BITS = 10, PRESCALER_128 = 7 };

uint16_t battery_millivolts(void) {
  ADMUX = 1 << REFS0;
  ADCSRA = 1 << ADEN | 1 << ADSC | PRESCALER_128;
  while (ADCSRA & 1 << ADSC) continue;
  uint16_t steps = ADC;
  /* Off again: the converter draws more than the sleeping chip. */
  ADCSRA = 0;
  return (uint16_t)(steps * FULL_SCALE_MV >> STEPS_BITS);
}
