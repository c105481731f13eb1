#include "heart.h"

#include <stdbool.h>
#include <string.h>

#include "bytes.h"
#include "hub.h"
#include "modem.h"
#include "multiply.h"
#include "settings.h"

/* Offsets in the payload. */
enum { AT_HEART_RATE = 68, AT_BEATS = 69, AT_SQUARES = 70 };

/* Intervals in 0.1 ms. What lies outside is no interval of a heart, but of a missed or a false beat. */
enum { INTERVAL_MIN = 3000, INTERVAL_MAX = 20000, BEATS_MAX = 255 };
#define INTERVALS_A_MINUTE 600000UL
/* 8 ms^2. */
#define SQUARE_UNIT 800UL
#define SQUARES_MAX (65535UL * SQUARE_UNIT)

static struct {
  uint8_t beats;
  uint8_t intervals;
  bool wasSilent;
  /* The interval before; 0: none, or none of a heart. */
  uint16_t before;
  uint32_t sum;
  uint32_t squares;
} slot;

static bool hubAnswers;

void heart_start(void) {
  hubAnswers = true;
  hub_start();
}

void heart_begin(void) { memset(&slot, 0, sizeof slot); }

static void add(uint16_t interval) {
  if (slot.beats == BEATS_MAX) return;
  slot.beats++;
  uint16_t before = slot.before;
  slot.before = 0;
  if (interval < INTERVAL_MIN || interval > INTERVAL_MAX) return;
  slot.before = interval;
  slot.intervals++;
  slot.sum += interval;
  if (before == 0) return;
  int16_t difference = (int16_t)(interval - before);
  slot.squares += (uint32_t)multiply_signed(difference, difference);
  if (slot.squares > SQUARES_MAX) slot.squares = SQUARES_MAX;
}

void heart_tick(void) {
  if (!settings.hasHub) return;
  uint16_t intervals[HUB_REPORTS_MAX];
  bool answers = hub_read(intervals);
  if (answers != hubAnswers) modem_log(answers ? LOG_HUB_BACK : LOG_HUB_LOST, 0);
  hubAnswers = answers;
  if (!answers) slot.wasSilent = true;
  for (uint8_t i = 0; i < HUB_REPORTS_MAX; i++)
    if (intervals[i] != 0) add(intervals[i]);
}

/* Beats of a part of the slot would be read as a slow heart: nothing is told then. */
void heart_end(uint8_t *payload) {
  if (slot.wasSilent) return;
  payload[AT_BEATS] = slot.beats;
  if (slot.intervals == 0) return;
  payload[AT_HEART_RATE] = (uint8_t)((INTERVALS_A_MINUTE * slot.intervals + slot.sum / 2) / slot.sum);
  put_u16(payload + AT_SQUARES, (uint16_t)((slot.squares + SQUARE_UNIT / 2) / SQUARE_UNIT));
}
