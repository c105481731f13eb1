#pragma once
/* What one device is told once, when it is made ready for its patient; it lies in EEPROM (docs/firmware-link.md). */
#include <stdbool.h>
#include <stdint.h>

enum mode { MODE_FEATURES = 0, MODE_RAW = 1 };

/* As in the frame's header; only this one decides anything here: falls.h. */
enum { PLACEMENT_WRIST = 1 };

struct settings {
  uint32_t device;
  uint8_t placement;
  uint8_t accelRange;
  uint8_t gyroRange;
  uint8_t mode;
  uint16_t slotMs;
  /* A hub with an optical sensor for the heart hangs on the bus (hub.h). */
  bool hasHub;
};

extern struct settings settings;

/* Reads them; takes defaults for what is blank, damaged or out of range. */
void settings_start(void);

/* Counts one more start, and tells its number. The counter survives a cut of the power at any moment. */
uint16_t settings_next_boot(void);
