#pragma once
/* The two-wire bus, 400 kHz, worked by its interrupt while the chip sleeps. */
#include <stdbool.h>
#include <stdint.h>

void twi_start(void);

/*
 * Writes some bytes (may be none), and reads some behind a second START (may be none). False: the device did not
 * acknowledge, or the bus was stuck.
 */
bool twi_transfer(uint8_t address, const uint8_t *write, uint8_t writeBytes, uint8_t *into, uint8_t readBytes);
