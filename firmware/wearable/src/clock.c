#include "clock.h"

#include <avr/interrupt.h>
#include <avr/io.h>

#include "layout.h"

#define PRESCALER 256UL
#define COUNTS_PER_TICK ((uint16_t)(F_CPU / PRESCALER / TICKS_PER_SECOND))
#define MICROSECONDS_PER_COUNT ((uint16_t)(PRESCALER / (F_CPU / 1000000UL)))

_Static_assert(F_CPU / PRESCALER / TICKS_PER_SECOND * PRESCALER * TICKS_PER_SECOND == F_CPU,
               "a tick is a whole number of counts");

volatile uint8_t clock_ticksWaiting;
volatile bool clock_limitIsOver;
static uint16_t limitFrom;
static uint16_t limitCounts;

ISR(TIMER1_COMPA_vect) { clock_ticksWaiting++; }

/* A match that lies before the limit's start may still be pending when it begins: so the time is looked at. */
ISR(TIMER1_COMPB_vect) {
  uint16_t now = TCNT1;
  if (now < limitFrom) now += COUNTS_PER_TICK;
  if (now - limitFrom >= limitCounts) clock_limitIsOver = true;
}

void clock_start(void) {
  TCCR1A = 0;
  TCNT1 = 0;
  OCR1A = COUNTS_PER_TICK - 1;
  TIMSK1 = 1 << OCIE1A;
  TCCR1B = 1 << WGM12 | 1 << CS12;
}

bool clock_take_tick(void) {
  if (clock_ticksWaiting == 0) return false;
  uint8_t status = SREG;
  cli();
  clock_ticksWaiting--;
  SREG = status;
  return true;
}

void clock_limit_start(uint16_t microseconds) {
  limitFrom = TCNT1;
  limitCounts = microseconds / MICROSECONDS_PER_COUNT;
  clock_limitIsOver = false;
  uint16_t match = limitFrom + limitCounts;
  OCR1B = match < COUNTS_PER_TICK ? match : match - COUNTS_PER_TICK;
  TIMSK1 = 1 << OCIE1A | 1 << OCIE1B;
}

void clock_limit_end(void) { TIMSK1 = 1 << OCIE1A; }
