#pragma once
/*
 * The messages between chip and modem (docs/firmware-link.md): type, body, CRC-16, in COBS, ended by a zero byte. COBS:
 * S. Cheshire and M. Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on Networking 7(2), 1999.
 */
#include <stdint.h>

/* One part of a message that is sent without being copied together. */
struct piece {
  const uint8_t *bytes;
  uint16_t length;
};

enum modem_up { UP_FRAME = 0x01, UP_LOG = 0x02 };
enum modem_log {
  LOG_STARTED = 1,
  LOG_IDENTIFY = 2,
  LOG_UPDATE_OFFER = 3,
  LOG_IMU_LOST = 4,
  LOG_IMU_BACK = 5,
  LOG_RING_LOST = 6,
  LOG_HUB_LOST = 7,
  LOG_HUB_BACK = 8,
};

/* Longest message from the modem: type, body, CRC. */
enum { MODEM_MESSAGE_BYTES_MAX = 10 };

void modem_start(void);

/* Sends a frame: its fixed part as it is held, `oldestHeldSeq`, and the CRC of the whole. */
void modem_send_frame(uint8_t flight, const uint8_t *fixed, uint16_t fixedBytes, uint32_t oldestHeldSeq, uint16_t sealed);

void modem_log(uint8_t code, uint16_t value);

/*
 * Takes one received byte. Returns the length of type and body when that byte ended a good message, which then lies in
 * `modem_message` until the next byte; else 0.
 */
uint8_t modem_receive(uint8_t byte);
extern uint8_t modem_message[MODEM_MESSAGE_BYTES_MAX];
