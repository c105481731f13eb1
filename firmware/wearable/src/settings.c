#include "settings.h"

#include <avr/eeprom.h>

#include "bytes.h"
#include "crc16.h"
#include "layout.h"

/* Addresses in EEPROM. */
enum { AT_SETTINGS = 0, SETTINGS_BYTES = 10, AT_SETTINGS_CRC = 10, AT_HUB = 12, STORED_BYTES = 14 };
enum { AT_BOOT_COPIES = 16, COPY_BYTES = 4 };
/* Whatever else lies there: no hub. So a memory that an older program knew needs no change. */
enum { HUB_FITTED = 1, HUB_FITTED_INVERTED = 0xFE };

enum { SLOT_MS_DEFAULT = 5000, PLACEMENT_DEFAULT = PLACEMENT_WRIST, RANGE_DEFAULT = 2, PLACEMENT_MAX = 4, RANGE_MAX = 3 };

struct settings settings;

static uint8_t *at(uint16_t address) { return (uint8_t *)address; }

void settings_start(void) {
  uint8_t stored[STORED_BYTES];
  eeprom_read_block(stored, at(AT_SETTINGS), sizeof stored);
  settings = (struct settings){.device = get_u32(stored),
                               .placement = stored[4],
                               .accelRange = stored[5],
                               .gyroRange = stored[6],
                               .mode = stored[7],
                               .slotMs = get_u16(stored + 8),
                               .hasHub = stored[AT_HUB] == HUB_FITTED && stored[AT_HUB + 1] == HUB_FITTED_INVERTED};
  if (get_u16(stored + AT_SETTINGS_CRC) == crc16(stored, SETTINGS_BYTES, CRC16_START) &&
      settings.placement <= PLACEMENT_MAX && settings.accelRange <= RANGE_MAX && settings.gyroRange <= RANGE_MAX &&
      settings.mode <= MODE_RAW && settings.slotMs >= TICK_MS) {
    return;
  }
  settings = (struct settings){.device = 0,
                               .placement = PLACEMENT_DEFAULT,
                               .accelRange = RANGE_DEFAULT,
                               .gyroRange = RANGE_DEFAULT,
                               .mode = MODE_FEATURES,
                               .slotMs = SLOT_MS_DEFAULT,
                               .hasHub = false};
}

/* A copy is the number and its complement: one that was half written does not hold. */
static bool read_copy(uint8_t copy, uint16_t *boot) {
  uint8_t stored[COPY_BYTES];
  eeprom_read_block(stored, at(AT_BOOT_COPIES + COPY_BYTES * copy), COPY_BYTES);
  *boot = get_u16(stored);
  return (*boot ^ get_u16(stored + 2)) == 0xFFFF;
}

/* Two copies in turn: the newer one is never touched, so that a cut of the power leaves one of them whole. */
uint16_t settings_next_boot(void) {
  uint16_t boots[2];
  bool holds0 = read_copy(0, &boots[0]);
  bool holds1 = read_copy(1, &boots[1]);
  bool newerIs1 = holds1 && (!holds0 || (int16_t)(boots[1] - boots[0]) > 0);
  /* A blank memory counts as 65535: the first start is number 0. */
  uint16_t boot = (holds0 || holds1 ? boots[newerIs1] : 0xFFFF) + 1;
  uint8_t bytes[COPY_BYTES];
  put_u16(bytes, boot);
  put_u16(bytes + 2, (uint16_t)~boot);
  eeprom_update_block(bytes, at(AT_BOOT_COPIES + (newerIs1 ? 0 : COPY_BYTES)), COPY_BYTES);
  return boot;
}
