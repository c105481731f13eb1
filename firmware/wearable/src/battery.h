#pragma once
#include <stdint.h>

/* Measures now. Takes 0.2 ms. */
uint16_t battery_millivolts(void);
