#include "imu.h"

#include <stddef.h>

#include "flash.h"
#include "settings.h"
#include "twi.h"

/* MPU-6000/6050 register map, revision 4.2. */
enum {
  ADDRESS = 0x68,
  REG_SAMPLE_RATE_DIVIDER = 0x19,
  REG_CONFIG = 0x1A,
  REG_GYRO_CONFIG = 0x1B,
  REG_ACCEL_CONFIG = 0x1C,
  REG_ACCEL_X_HIGH = 0x3B,
  REG_POWER_MANAGEMENT_1 = 0x6B,
  CLOCK_OF_GYRO_X = 1,
  LOW_PASS_44_HZ = 3,
  /* 1 kHz / 20 = 50 Hz */
  DIVIDER = 19,
  RANGE_BIT = 3,
};
/* Acceleration, temperature, rotation. */
enum { BURST_BYTES = 14, ROTATION_AT = 8 };

static bool isReady;

/* The sensor is made ready with the first sample: before the first tick there is no time to measure a limit by. */
void imu_start(void) {
  twi_start();
  isReady = false;
}

static bool set(uint8_t reg, uint8_t value) {
  uint8_t bytes[] = {reg, value};
  return twi_transfer(ADDRESS, bytes, sizeof bytes, NULL, 0);
}

static bool make_ready(void) {
  return set(REG_POWER_MANAGEMENT_1, CLOCK_OF_GYRO_X) && set(REG_CONFIG, LOW_PASS_44_HZ) &&
         set(REG_SAMPLE_RATE_DIVIDER, DIVIDER) && set(REG_GYRO_CONFIG, (uint8_t)(settings.gyroRange << RANGE_BIT)) &&
         set(REG_ACCEL_CONFIG, (uint8_t)(settings.accelRange << RANGE_BIT));
}

/* One that did not answer may have lost its power, and would sleep with default ranges: it is made ready anew. */
bool imu_read(int16_t sample[6]) {
  if (!isReady) isReady = make_ready();
  uint8_t first = REG_ACCEL_X_HIGH;
  uint8_t burst[BURST_BYTES];
  if (isReady) isReady = twi_transfer(ADDRESS, &first, sizeof first, burst, BURST_BYTES);
  if (!isReady) return false;
  for (uint8_t i = 0; i < 6; i++) {
    const uint8_t *at = burst + 2 * i + (i < 3 ? 0 : ROTATION_AT - 6);
    sample[i] = (int16_t)((uint16_t)at[0] << 8 | at[1]);
  }
  return true;
}
