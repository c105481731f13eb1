#pragma once
/* A lamp by which the device can be found among others. */

/* On for 2 s. */
void lamp_light(void);
void lamp_tick(void);
