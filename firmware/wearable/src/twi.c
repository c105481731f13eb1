#include "twi.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <stddef.h>
#include <util/twi.h>

#include "clock.h"
#include "idle.h"

#define BUS_HZ 400000UL
/* The longest transfer takes 1.0 ms. */
enum { LIMIT_MICROSECONDS = 4000 };

enum { GO = 1 << TWINT | 1 << TWEN | 1 << TWIE };

enum state { BUSY, DONE, FAILED };

static volatile uint8_t state;
static uint8_t addressWrite;
static const uint8_t *writeFrom;
static uint8_t writeLeft;
static uint8_t *readInto;
static uint8_t readLeft;

void twi_start(void) {
  TWSR = 0;
  TWBR = (F_CPU / BUS_HZ - 16) / 2;
  TWCR = 1 << TWEN;
}

/* Without TWIE: the end of a STOP is no interrupt. */
static void stop(uint8_t result) {
  TWCR = 1 << TWINT | 1 << TWEN | 1 << TWSTO;
  state = result;
}

static void acknowledge_next(void) { TWCR = readLeft > 1 ? GO | 1 << TWEA : GO; }

ISR(TWI_vect) {
  uint8_t status = TW_STATUS;
  /* Looked at first: most interrupts are these. */
  if (status == TW_MR_DATA_ACK) {
    *readInto++ = TWDR;
    readLeft--;
    acknowledge_next();
    return;
  }
  switch (status) {
    case TW_START:
      TWDR = writeLeft > 0 ? addressWrite : addressWrite | TW_READ;
      TWCR = GO;
      break;
    case TW_MT_SLA_ACK:
    case TW_MT_DATA_ACK:
      if (writeLeft > 0) {
        writeLeft--;
        TWDR = *writeFrom++;
        TWCR = GO;
      } else if (readLeft > 0) {
        TWCR = GO | 1 << TWSTA;
      } else {
        stop(DONE);
      }
      break;
    case TW_REP_START:
      TWDR = addressWrite | TW_READ;
      TWCR = GO;
      break;
    case TW_MR_SLA_ACK:
      acknowledge_next();
      break;
    case TW_MR_DATA_NACK:
      *readInto = TWDR;
      stop(DONE);
      break;
    default:
      stop(FAILED);
  }
}

bool twi_transfer(uint8_t address, const uint8_t *write, uint8_t writeBytes, uint8_t *into, uint8_t readBytes) {
  addressWrite = (uint8_t)(address << 1);
  writeFrom = write;
  writeLeft = writeBytes;
  readInto = into;
  readLeft = readBytes;
  state = BUSY;
  clock_limit_start(LIMIT_MICROSECONDS);
  /* A START that is asked for while a STOP is under way would be lost. */
  while (TWCR & 1 << TWSTO && !clock_limitIsOver) continue;
  TWCR = GO | 1 << TWSTA;
  idle_while(state == BUSY && !clock_limitIsOver);
  clock_limit_end();
  if (state == BUSY) {
    /* Off and on again: the bus is let go, and what it was doing is forgotten. */
    TWCR = 0;
    TWCR = 1 << TWEN;
    return false;
  }
  return state == DONE;
}
