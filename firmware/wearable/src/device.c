#include "device.h"

#include <stdbool.h>
#include <stddef.h>

#include "commands.h"
#include "epoch.h"
#include "falls.h"
#include "frame.h"
#include "kept.h"
#include "link.h"
#include "modem.h"
#include "settings.h"
#include "slot.h"
#include "uart.h"

/* A watchdog reset comes this long after the last tick that was worked off. */
enum { WATCHDOG_TICKS = 2 * TICKS_PER_SECOND };

static bool sensorAnswers;

void device_start(uint8_t resetCause, uint32_t imageHash) {
  bool isKept = kept_start(!(resetCause & RESET_POWER_ON));
  if (isKept && resetCause & RESET_WATCHDOG) kept_add_ticks(WATCHDOG_TICKS);
  sensorAnswers = true;
  settings_start();
  epoch_start();
  modem_start();
  link_start();
  frame_start();
  slot_start();
  falls_start();
  modem_log(LOG_STARTED, frame_boot);
  if (!isKept && !(resetCause & RESET_POWER_ON)) modem_log(LOG_RING_LOST, 0);
  frame_boot_report(resetCause, imageHash);
  link_transmit();
}

void device_tick(const int16_t *sample) {
  kept_add_ticks(1);
  link_tick();
  if ((sample != NULL) != sensorAnswers) {
    sensorAnswers = !sensorAnswers;
    modem_log(sensorAnswers ? LOG_IMU_BACK : LOG_IMU_LOST, 0);
  }
  slot_tick(sample);
  falls_tick(sample);
  link_transmit();
}

bool device_listen(void) {
  int16_t byte;
  while ((byte = uart_get()) >= 0) {
    uint8_t length = modem_receive((uint8_t)byte);
    if (length == 0) continue;
    commands_handle(modem_message, length);
    link_transmit();
    return true;
  }
  return false;
}
