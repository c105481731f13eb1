#include "modem.h"

#include "bytes.h"
#include "crc16.h"
#include "layout.h"
#include "uart.h"

enum { CRC_BYTES = 2, RUN_MAX = 254 };

uint8_t modem_message[MODEM_MESSAGE_BYTES_MAX];
/* Bytes of the message so far; above the longest: it is thrown away. */
static uint8_t received;
/* How many bytes of the COBS run are to come, and whether a zero stands behind it. */
static uint8_t runLeft;
static uint8_t zeroBehind;

void modem_start(void) {
  received = 0;
  runLeft = 0;
  zeroBehind = 0;
}

static uint8_t byte_at(const struct piece *pieces, uint16_t index) {
  while (index >= pieces->length) {
    index -= pieces->length;
    pieces++;
  }
  return pieces->bytes[index];
}

/* The last piece is the message's own CRC, still to be filled in. */
static void send(const struct piece *pieces, uint8_t count, uint8_t *messageCrc) {
  uint16_t total = CRC_BYTES;
  uint16_t crc = CRC16_START;
  for (uint8_t i = 0; i + 1 < count; i++) {
    crc = crc16(pieces[i].bytes, pieces[i].length, crc);
    total += pieces[i].length;
  }
  put_u16(messageCrc, crc);
  uint16_t at = 0;
  for (;;) {
    uint8_t run = 0;
    while (run < RUN_MAX && at + run < total && byte_at(pieces, at + run) != 0) run++;
    uart_put(run + 1);
    for (uint8_t i = 0; i < run; i++) uart_put(byte_at(pieces, at + i));
    at += run;
    if (at >= total) break;
    /* A full run has no zero behind it. */
    if (run < RUN_MAX) at++;
  }
  uart_put(0);
}

void modem_send_frame(uint8_t flight, const uint8_t *fixed, uint16_t fixedBytes, uint32_t oldestHeldSeq, uint16_t sealed) {
  const uint8_t head[] = {UP_FRAME, flight};
  uint8_t tail[TRAILER_BYTES + CRC_BYTES];
  put_u32(tail, oldestHeldSeq);
  put_u16(tail + 4, crc16(tail, 4, sealed));
  const struct piece pieces[] = {
      {head, sizeof head}, {fixed, fixedBytes}, {tail, TRAILER_BYTES}, {tail + TRAILER_BYTES, CRC_BYTES}};
  send(pieces, 4, tail + TRAILER_BYTES);
}

void modem_log(uint8_t code, uint16_t value) {
  uint8_t message[4 + CRC_BYTES] = {UP_LOG, code, (uint8_t)value, (uint8_t)(value >> 8)};
  const struct piece pieces[] = {{message, 4}, {message + 4, CRC_BYTES}};
  send(pieces, 2, message + 4);
}

static void take(uint8_t byte) {
  if (received < MODEM_MESSAGE_BYTES_MAX) modem_message[received] = byte;
  if (received <= MODEM_MESSAGE_BYTES_MAX) received++;
}

static uint8_t end_of_message(void) {
  uint8_t length = received;
  uint8_t isWhole = runLeft == 0;
  modem_start();
  if (!isWhole || length <= CRC_BYTES || length > MODEM_MESSAGE_BYTES_MAX) return 0;
  length -= CRC_BYTES;
  return crc16(modem_message, length, CRC16_START) == get_u16(modem_message + length) ? length : 0;
}

uint8_t modem_receive(uint8_t byte) {
  if (byte == 0) return end_of_message();
  if (runLeft > 0) {
    take(byte);
    runLeft--;
    return 0;
  }
  /* A run begins: the zero of the one before was no end, so it is a byte of the message. */
  if (zeroBehind) take(0);
  runLeft = byte - 1;
  zeroBehind = byte <= RUN_MAX;
  return 0;
}
