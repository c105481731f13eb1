#include <avr/interrupt.h>
#include <stddef.h>

#include "clock.h"
#include "device.h"
#include "idle.h"
#include "image-hash.h"
#include "imu.h"
#include "lamp.h"
#include "uart.h"
#include "watchdog.h"

static void tick(void) {
  int16_t sample[6];
  device_tick(imu_read(sample) ? sample : NULL);
  lamp_tick();
  watchdog_feed();
}

int main(void) {
  watchdog_start();
  idle_start();
  uart_start();
  imu_start();
  sei();
  device_start(watchdog_reset_cause(), image_hash());
  clock_start();
  /* Ticks go first: a message is worked off between two of them, and belongs to the one before. */
  for (;;) {
    if (clock_take_tick()) tick();
    else if (!device_listen()) idle_while(!clock_has_tick() && !uart_has_received());
  }
}
