#include "uart.h"

#include <avr/interrupt.h>
#include <avr/io.h>

#include "idle.h"

#define BAUD 250000UL
#define DIVISOR ((F_CPU + 8 * BAUD) / (16 * BAUD))
#define BAUD_REAL (F_CPU / (16 * DIVISOR))
/* No emulator sees a wrong rate; a line does, from 2.5 % on. */
_Static_assert(BAUD_REAL * 1000 <= BAUD * 1025 && BAUD_REAL * 1000 >= BAUD * 975, "baud rate off by more than 2.5 %");

/* Five messages of the modem may come while a frame is sent. A power of two. */
enum { QUEUE_BYTES = 64 };

static volatile uint8_t queue[QUEUE_BYTES];
static volatile uint8_t queueTo;
static uint8_t queueFrom;
static volatile uint8_t isSending;

ISR(USART_RX_vect) {
  uint8_t byte = UDR0;
  uint8_t next = (queueTo + 1) & (QUEUE_BYTES - 1);
  /* What does not fit is lost; its message's CRC tells. */
  if (next == queueFrom) return;
  queue[queueTo] = byte;
  queueTo = next;
}

ISR(USART_UDRE_vect) {
  UCSR0B &= (uint8_t) ~(1 << UDRIE0);
  isSending = 0;
}

void uart_start(void) {
  UBRR0 = DIVISOR - 1;
  UCSR0A = 0;
  UCSR0C = 1 << UCSZ01 | 1 << UCSZ00;
  UCSR0B = 1 << RXEN0 | 1 << TXEN0 | 1 << RXCIE0;
}

void uart_put(uint8_t byte) {
  idle_while(isSending);
  UDR0 = byte;
  isSending = 1;
  UCSR0B |= 1 << UDRIE0;
}

int16_t uart_get(void) {
  if (queueTo == queueFrom) return -1;
  uint8_t byte = queue[queueFrom];
  queueFrom = (queueFrom + 1) & (QUEUE_BYTES - 1);
  return byte;
}

bool uart_has_received(void) { return queueTo != queueFrom; }
