/*
 * The firmware apart from its hardware, as a program of this machine: reads a script from standard input, a command a
 * line, and prints the bytes that the chip would send, as `<line number> <hexadecimal digits>`.
 *
 *     P device placement accelRange gyroRange mode slotMs boot hub   settings; boot: the last number used
 *     B millivolts                                               the battery from now on
 *     S cause hash                                               a start, cause as in MCUSR
 *     H interval                                                 the next tick's beat, 0: none, -: the hub has no power
 *     Q status                                                   of the hub's answers from now on; 0: its own
 *     T x y z gx gy gz                                           a tick with its sample
 *     M                                                          a tick whose sample is missing
 *     R hex                                                      bytes from the modem
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "battery.h"
#include "device.h"
#include "hang.h"
#include "hub-model.h"
#include "lamp.h"
#include "settings.h"
#include "twi.h"
#include "uart.h"

struct settings settings;
static uint16_t boot;
static uint16_t millivolts;
static uint8_t sent[65536];
static size_t sentBytes;
static uint8_t queue[4096];
static size_t queueFrom;
static size_t queueTo;
/* It was told to hang: until the next start nothing is worked off. */
static bool hangs;

void settings_start(void) {}
uint16_t settings_next_boot(void) { return ++boot; }
uint16_t battery_millivolts(void) { return millivolts; }
void hang(void) { hangs = true; }
void lamp_light(void) {}

/* Of the bus there is the hub only: samples come by themselves. */
bool twi_transfer(uint8_t address, const uint8_t *write, uint8_t writeBytes, uint8_t *into, uint8_t readBytes) {
  if (address != HUB_ADDRESS || !hub_model_begin()) return false;
  for (uint8_t i = 0; i < writeBytes; i++) hub_model_write(write[i]);
  for (uint8_t i = 0; i < readBytes; i++) into[i] = hub_model_read();
  return true;
}

void uart_put(uint8_t byte) {
  if (sentBytes < sizeof sent) sent[sentBytes++] = byte;
}
int16_t uart_get(void) { return queueFrom < queueTo ? queue[queueFrom++] : -1; }

static void receive(const char *hex) {
  queueFrom = queueTo = 0;
  unsigned byte;
  while (queueTo < sizeof queue && sscanf(hex, "%2x", &byte) == 1) {
    queue[queueTo++] = (uint8_t)byte;
    hex += 2;
  }
  while (!hangs && device_listen()) continue;
}

static void tick(char *line) {
  int16_t sample[6];
  for (int i = 0; i < 6; i++) sample[i] = (int16_t)strtol(line, &line, 10);
  device_tick(sample);
}

int main(void) {
  static char line[16384];
  unsigned device, placement, accelRange, gyroRange, mode, slotMs, lastBoot, hasHub, number = 0;
  while (fgets(line, sizeof line, stdin)) {
    number++;
    char *rest = line + 1;
    switch (line[0]) {
      case 'P':
        if (sscanf(rest, "%u %u %u %u %u %u %u %u", &device, &placement, &accelRange, &gyroRange, &mode, &slotMs, &lastBoot, &hasHub) != 8)
          return 2;
        settings = (struct settings){device,        (uint8_t)placement, (uint8_t)accelRange, (uint8_t)gyroRange,
                                     (uint8_t)mode, (uint16_t)slotMs,   hasHub != 0};
        boot = (uint16_t)lastBoot;
        break;
      case 'B':
        millivolts = (uint16_t)atoi(rest);
        break;
      case 'S': {
        uint8_t cause = (uint8_t)strtol(rest, &rest, 10);
        hangs = false;
        device_start(cause, (uint32_t)strtoul(rest, &rest, 10));
        break;
      }
      case 'H':
        hub_model_tick(rest[1] != '-', (uint16_t)atoi(rest));
        break;
      case 'Q':
        hub_model_status = (uint8_t)atoi(rest);
        break;
      case 'T':
        tick(rest);
        break;
      case 'M':
        device_tick(NULL);
        break;
      case 'R':
        receive(rest + 1);
        break;
      default:
        fprintf(stderr, "line %u: no such command\n", number);
        return 2;
    }
    if (sentBytes == 0) continue;
    printf("%u ", number);
    for (size_t i = 0; i < sentBytes; i++) printf("%02x", sent[i]);
    putchar('\n');
    sentBytes = 0;
  }
  return 0;
}
