#include "lamp.h"

#include <avr/io.h>

#include "layout.h"

enum { LIGHT_TICKS = 2 * TICKS_PER_SECOND };

static uint8_t ticksLeft;

void lamp_light(void) {
  ticksLeft = LIGHT_TICKS;
  DDRB |= 1 << DDB5;
  PORTB |= 1 << PORTB5;
}

void lamp_tick(void) {
  if (ticksLeft > 0 && --ticksLeft == 0) PORTB &= (uint8_t) ~(1 << PORTB5);
}
