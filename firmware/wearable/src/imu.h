#pragma once
#include <stdbool.h>
#include <stdint.h>

void imu_start(void);

/* Reads one sample: three axes of acceleration, three of rotation. False: the sensor does not answer. */
bool imu_read(int16_t sample[6]);
