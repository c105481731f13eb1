#pragma once

/* Test builds only: never comes back, so that the watchdog has to. */
void hang(void);
