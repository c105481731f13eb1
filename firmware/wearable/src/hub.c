#include "hub.h"

#include <stddef.h>
#include <string.h>

#include "flash.h"
#include "twi.h"

enum { ADDRESS = 0x55, COMMAND_BYTES_MAX = 4, REPORT_BYTES = 20, STATUS_BYTES = 1, AT_INTERVAL = 4 };

enum status { STATUS_DONE = 0x00, STATUS_BUSY = 0xFE };

/* What was asked last. Up to RUN it is set up, command by command; then count and reports follow each other. */
enum asked { NOTHING, OUTPUT_MODE, OPTICAL_SENSOR, ACCELEROMETER, RUN, COUNT, REPORTS, COMMANDS };

/* After how many ticks the answer is read; length; family, index, parameters. */
enum { AT_TICKS, AT_LENGTH, AT_BYTES };
static const uint8_t COMMAND[COMMANDS][AT_BYTES + COMMAND_BYTES_MAX] FLASH = {
    {0},
    /* Reports of the algorithm only. */
    {1, 3, 0x10, 0x00, 0x02},
    /* Both are the hub's own. */
    {2, 4, 0x44, 0x00, 0x01, 0x00},
    {2, 4, 0x44, 0x04, 0x01, 0x00},
    /* Heart rate at the wrist, in reports of 20 bytes. */
    {5, 3, 0x52, 0x07, 0x01},
    {1, 2, 0x12, 0x00},
    {1, 2, 0x12, 0x01},
};

static uint8_t asked;
static uint8_t waitTicks;
/* How many reports the hub said that it has. */
static uint8_t reports;

void hub_start(void) { asked = NOTHING; }

static bool ask(uint8_t what) {
  uint8_t command[COMMAND_BYTES_MAX];
  for (uint8_t i = 0; i < sizeof command; i++) command[i] = flash_u8(&COMMAND[what][AT_BYTES + i]);
  bool isTaken = twi_transfer(ADDRESS, command, flash_u8(&COMMAND[what][AT_LENGTH]), NULL, 0);
  asked = isTaken ? what : NOTHING;
  waitTicks = flash_u8(&COMMAND[what][AT_TICKS]);
  return isTaken;
}

static bool give_up(void) {
  asked = NOTHING;
  return false;
}

bool hub_read(uint16_t intervals[HUB_REPORTS_MAX]) {
  memset(intervals, 0, HUB_REPORTS_MAX * sizeof *intervals);
  if (asked == NOTHING) return ask(OUTPUT_MODE);
  if (waitTicks > 1) {
    waitTicks--;
    return true;
  }
  uint8_t answer[STATUS_BYTES + HUB_REPORTS_MAX * REPORT_BYTES];
  uint8_t bytes = STATUS_BYTES;
  if (asked == COUNT) bytes = STATUS_BYTES + 1;
  else if (asked == REPORTS) bytes = STATUS_BYTES + reports * REPORT_BYTES;
  if (!twi_transfer(ADDRESS, NULL, 0, answer, bytes)) return give_up();
  if (answer[0] == STATUS_BUSY) return true;
  if (answer[0] != STATUS_DONE) return give_up();
  if (asked < COUNT) return ask(asked + 1);
  if (asked == COUNT) {
    reports = answer[STATUS_BYTES];
    /* More than come between two reads: it was not read for long, and what it holds is old. */
    if (reports > HUB_REPORTS_MAX) return give_up();
    return ask(reports == 0 ? COUNT : REPORTS);
  }
  for (uint8_t i = 0; i < reports; i++) {
    const uint8_t *at = answer + STATUS_BYTES + i * REPORT_BYTES + AT_INTERVAL;
    intervals[i] = (uint16_t)(at[0] << 8 | at[1]);
  }
  return ask(COUNT);
}
