#pragma once
/* The device apart from its hardware: what a start, a tick and a received byte mean. */
#include <stdbool.h>
#include <stdint.h>

enum reset_cause { RESET_POWER_ON = 1, RESET_EXTERNAL = 2, RESET_BROWN_OUT = 4, RESET_WATCHDOG = 8 };

void device_start(uint8_t resetCause, uint32_t imageHash);

/* `sample`: six axes, or NULL where the sensor did not answer. */
void device_tick(const int16_t *sample);

/* Handles the next message of the modem; false: none is whole yet. */
bool device_listen(void);
