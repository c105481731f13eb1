#pragma once
/*
 * The MAX32664 biometric sensor hub: an optical sensor, and the algorithm that finds beats in it. Commands and report:
 * Maxim Integrated, "MAX32664 User Guide" UG6806 and "Measuring SpO2 and Heart Rate Using MAX32664C" UG6924
 * (docs/firmware-link.md). The answer to a command is
 * read in a later tick, so nothing waits.
 */
#include <stdbool.h>
#include <stdint.h>

enum { HUB_REPORTS_MAX = 2 };

/* It is set up with the next reads. */
void hub_start(void);

/*
 * One tick of the talk with the hub. Writes the intervals of the reports that were read in it, in 0.1 ms; 0: a report
 * without a beat, or none. False: it does not answer; it is set up anew from the next tick on.
 */
bool hub_read(uint16_t intervals[HUB_REPORTS_MAX]);
