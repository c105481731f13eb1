#pragma once
/*
 * The MAX32664 hub of the wearable, for the harness and the referee: what its commands do and what it answers, apart from
 * the bus. Written from docs/firmware-link.md, and shares nothing with firmware/src/board/max32664.ts.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { HUB_ADDRESS = 0x55, HUB_REPORT_BYTES = 20, HUB_FIFO = 32 };

static struct {
  bool answers;
  bool isRunning;
  unsigned ticks;
  uint16_t interval;
  uint16_t fifo[HUB_FIFO];
  unsigned held;
  uint8_t command[8];
  unsigned commandBytes;
  uint8_t answer[1 + HUB_FIFO * HUB_REPORT_BYTES];
  unsigned answerBytes;
  unsigned answerAt;
} hub_model;

/* What its next answers begin with instead, when that is not 0; they hold nothing else then. */
static uint8_t hub_model_status;

/* Without power nothing of it stays. */
static void hub_model_power_off(void) { memset(&hub_model, 0, sizeof hub_model); }

/* A tick begins; `interval` of the beat that it found, or 0. */
static void hub_model_tick(bool answers, uint16_t interval) {
  if (!answers) hub_model_power_off();
  hub_model.answers = answers;
  if (!hub_model.isRunning) return;
  if (interval != 0) hub_model.interval = interval;
  if (++hub_model.ticks % 2 != 0 || hub_model.held == HUB_FIFO) return;
  hub_model.fifo[hub_model.held++] = hub_model.interval;
  hub_model.interval = 0;
}

/* It is addressed. */
static bool hub_model_begin(void) {
  hub_model.commandBytes = 0;
  hub_model.answerAt = 0;
  return hub_model.answers;
}

static void hub_model_reports(void) {
  for (unsigned i = 0; i < hub_model.held; i++) {
    uint8_t *report = hub_model.answer + 1 + i * HUB_REPORT_BYTES;
    report[4] = (uint8_t)(hub_model.fifo[i] >> 8);
    report[5] = (uint8_t)hub_model.fifo[i];
  }
  hub_model.answerBytes = 1 + hub_model.held * HUB_REPORT_BYTES;
}

static void hub_model_write(uint8_t byte) {
  static const uint8_t run[] = {0x52, 0x07, 0x01};
  const uint8_t *command = hub_model.command;
  if (hub_model.commandBytes < sizeof hub_model.command) hub_model.command[hub_model.commandBytes++] = byte;
  memset(hub_model.answer, 0, sizeof hub_model.answer);
  hub_model.answerBytes = 1;
  if (hub_model.commandBytes == 3 && memcmp(command, run, 3) == 0) {
    hub_model.isRunning = true;
    hub_model.ticks = hub_model.held = hub_model.interval = 0;
  }
  if (hub_model.commandBytes != 2 || command[0] != 0x12) return;
  if (command[1] == 1) hub_model_reports();
  else hub_model.answer[hub_model.answerBytes++] = (uint8_t)hub_model.held;
}

static uint8_t hub_model_read(void) {
  unsigned at = hub_model.answerAt++;
  if (hub_model_status != 0) return at == 0 ? hub_model_status : 0xFF;
  if (at >= hub_model.answerBytes) return 0xFF;
  bool isReportOver = hub_model.command[1] == 1 && at > 0 && at % HUB_REPORT_BYTES == 0;
  if (hub_model.command[0] == 0x12 && isReportOver) {
    hub_model.held--;
    memmove(hub_model.fifo, hub_model.fifo + 1, hub_model.held * sizeof hub_model.fifo[0]);
  }
  return hub_model.answer[at];
}
