#pragma once
/* The two-wire bus, 400 kHz, worked by its interrupt while the chip sleeps. One device, registers of one byte. */
#include <stdbool.h>
#include <stdint.h>

void twi_start(void);

/* False: the device did not acknowledge, or the bus was stuck. */
bool twi_write(uint8_t address, uint8_t reg, uint8_t value);
bool twi_read(uint8_t address, uint8_t reg, uint8_t *into, uint8_t bytes);
