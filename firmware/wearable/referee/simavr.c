/*
 * The whole program, hardware and all, in simavr: an emulator that shares nothing with ours. Takes a hex file and the
 * script of native/harness.c on standard input, and answers in the same form. So three runs of one script can be compared.
 *
 * Of a line `S` the cause only is taken: the hash is the image's. What simavr 1.6 does unlike the chip, and is put
 * right here: it would sleep for real; its TWI says 0x28 where 0x18 is meant, after the address.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <simavr/avr_adc.h>
#include <simavr/avr_eeprom.h>
#include <simavr/avr_twi.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_core_decl.h>
#include <simavr/sim_hex.h>
#include <simavr/sim_interrupts.h>

#include "../native/hub-model.h"

enum { CPU_HZ = 16000000, CYCLES_PER_MS = CPU_HZ / 1000, TICK_VECTOR = 11, SUPPLY_MV = 3300 };
enum { AT_SRAM = 0x100, SRAM_BYTES = 2048, AT_MCUSR = 0x54, AT_TWSR = 0xB9, POWER_ON = 1 };
enum { AT_HUB = 12 };
enum { SENSOR = 0x68, REG_ACCEL_X_HIGH = 0x3B, BURST_BYTES = 14, BURST_ROTATION_AT = 8 };

static avr_t *avr;
static avr_irq_t *twi;
static unsigned ticks;
static int isStarted;
static uint8_t sent[65536];
static size_t sentBytes;

static uint8_t registers[128];
static int16_t sample[6];
static int sensorAnswers;
/* What the sensor gives from the next tick on: the chip may read it late, while a raw chunk goes out. */
static int16_t nextSample[6];
static int nextAnswers;
static int nextHubAnswers;
static uint16_t nextInterval;
/* The address of whoever acknowledged; 0: nobody. */
static uint8_t selected;
static int isPointerNext;
static uint8_t pointer;
static int bytesWritten;

static void ticked(avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq, (void)param;
  if (!value) return;
  ticks++;
  memcpy(sample, nextSample, sizeof sample);
  sensorAnswers = nextAnswers;
  hub_model_tick(nextHubAnswers, nextInterval);
}

static void transmitted(avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq, (void)param;
  if (sentBytes < sizeof sent) sent[sentBytes++] = (uint8_t)value;
}

static void latch(void) {
  memset(registers + REG_ACCEL_X_HIGH, 0, BURST_BYTES);
  for (int i = 0; i < 6; i++) {
    uint8_t *at = registers + REG_ACCEL_X_HIGH + 2 * i + (i < 3 ? 0 : BURST_ROTATION_AT - 6);
    at[0] = (uint8_t)((uint16_t)sample[i] >> 8);
    at[1] = (uint8_t)sample[i];
  }
}

static void answer(uint8_t condition, uint8_t data) {
  avr_raise_irq(twi + TWI_IRQ_INPUT, avr_twi_irq_msg(condition, (uint8_t)(selected << 1), data));
}

static void on_bus(avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq, (void)param;
  avr_twi_msg_irq_t bus = {.u.v = value};
  uint8_t message = bus.u.twi.msg;
  if (message & TWI_COND_STOP) selected = 0;
  if (message & TWI_COND_START) {
    uint8_t address = bus.u.twi.addr >> 1;
    bytesWritten = 0;
    isPointerNext = 1;
    bool isThere = address == SENSOR ? sensorAnswers : address == HUB_ADDRESS && hub_model_begin();
    selected = isThere ? address : 0;
    if (selected) answer(TWI_COND_ACK, 1);
  }
  if (!selected) return;
  if (message & TWI_COND_WRITE) {
    answer(TWI_COND_ACK, 1);
    bytesWritten++;
    if (selected == HUB_ADDRESS) hub_model_write(bus.u.twi.data);
    else if (isPointerNext) pointer = bus.u.twi.data & 127;
    else registers[pointer++ & 127] = bus.u.twi.data;
    isPointerNext = 0;
  }
  if (message & TWI_COND_READ) {
    if (selected == HUB_ADDRESS) {
      answer(TWI_COND_READ, hub_model_read());
      return;
    }
    if (pointer == REG_ACCEL_X_HIGH) latch();
    answer(TWI_COND_READ, registers[pointer++ & 127]);
  }
}

static void on_status(avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq, (void)param;
  if ((value & 0xF8) == 0x28 && bytesWritten == 0) avr->data[AT_TWSR] = (uint8_t)((avr->data[AT_TWSR] & 7) | 0x18);
}

static void no_sleep(avr_t *sleeping, avr_cycle_count_t cycles) { (void)sleeping, (void)cycles; }

static avr_cycle_count_t at_limit(avr_t *at, avr_cycle_count_t when, void *param) {
  (void)at, (void)when, (void)param;
  return 0;
}

static void run_cycles(unsigned cycles) {
  avr_cycle_count_t until = avr->cycle + cycles;
  avr_cycle_timer_register(avr, cycles, at_limit, NULL);
  while (avr->cycle < until) {
    int state = avr_run(avr);
    if (state == cpu_Done || state == cpu_Crashed) {
      fprintf(stderr, "the program ended\n");
      exit(3);
    }
  }
}

static void run_tick(void) {
  unsigned before = ticks;
  for (int i = 0; i < 200 && ticks == before; i++) run_cycles(CYCLES_PER_MS / 4);
  if (ticks == before) {
    fprintf(stderr, "no tick in 50 ms: pc %x state %d TIMSK1 %x TCCR1B %x sreg %x\n", avr->pc, avr->state, avr->data[0x6f], avr->data[0x81], avr->sreg[7]);
    exit(3);
  }
  run_cycles(8 * CYCLES_PER_MS);
}

static uint16_t crc16(const uint8_t *bytes, size_t length) {
  uint16_t crc = 0xFFFF;
  while (length-- > 0) {
    crc ^= (uint16_t)(*bytes++ << 8);
    for (int bit = 0; bit < 8; bit++) crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
  }
  return crc;
}

static void put(uint8_t *at, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; i++) at[i] = (uint8_t)(value >> 8 * i);
}

static void settings(const char *line) {
  unsigned device, placement, accelRange, gyroRange, mode, slotMs, boot, hasHub;
  if (sscanf(line, "%u %u %u %u %u %u %u %u", &device, &placement, &accelRange, &gyroRange, &mode, &slotMs, &boot, &hasHub) != 8) exit(2);
  uint8_t memory[20];
  memset(memory, 0xFF, sizeof memory);
  put(memory, device, 4);
  memory[4] = (uint8_t)placement;
  memory[5] = (uint8_t)accelRange;
  memory[6] = (uint8_t)gyroRange;
  memory[7] = (uint8_t)mode;
  put(memory + 8, slotMs, 2);
  put(memory + 10, crc16(memory, 10), 2);
  if (hasHub) put(memory + AT_HUB, 0xFE01, 2);
  put(memory + 16, boot, 2);
  put(memory + 18, ~boot, 2);
  avr_eeprom_desc_t content = {.ee = memory, .offset = 0, .size = sizeof memory};
  avr_ioctl(avr, AVR_IOCTL_EEPROM_SET, &content);
}

/* In the middle of the converter's step that the chip reports as these mV. */
static void battery(int millivolts) {
  /* A frame that the last message makes, behind another that is still being sent, is of the battery before. */
  if (isStarted) run_cycles(5 * CYCLES_PER_MS);
  int steps = (millivolts * 1024 + 6599) / 6600;
  avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC0), (uint32_t)(((steps * 2 + 1) * SUPPLY_MV + 1023) / 2046));
}

static void start(uint8_t cause) {
  /* What was begun is sent before. */
  if (isStarted) run_cycles(6 * CYCLES_PER_MS);
  isStarted = 1;
  avr_reset(avr);
  if (cause & POWER_ON) memset(avr->data + AT_SRAM, 0xA5, SRAM_BYTES);
  avr->data[AT_MCUSR] = cause;
  /* Two boot numbers are written at most, 3.4 ms a byte, and the first messages are sent. */
  run_cycles(16 * CYCLES_PER_MS);
}

static void receive(const char *hex) {
  avr_irq_t *input = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
  unsigned byte;
  unsigned count = 0;
  for (; sscanf(hex, "%2x", &byte) == 1; hex += 2, count++) avr_raise_irq(input, byte);
  run_cycles(count * 40 * (CYCLES_PER_MS / 1000) + CYCLES_PER_MS / 4);
}

static void print_sent(unsigned number) {
  if (sentBytes == 0) return;
  printf("%u ", number);
  for (size_t i = 0; i < sentBytes; i++) printf("%02x", sent[i]);
  putchar('\n');
  sentBytes = 0;
}

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: simavr <hex file> < script\n");
    return 2;
  }
  avr = avr_make_mcu_by_name("atmega328p");
  avr_init(avr);
  avr->frequency = CPU_HZ;
  avr->vcc = avr->avcc = avr->aref = SUPPLY_MV;
  avr->log = LOG_NONE;
  avr->sleep = no_sleep;
  uint32_t size = 0, address = 0;
  uint8_t *program = read_ihex_file(arguments[1], &size, &address);
  if (program == NULL) return 2;
  memcpy(avr->flash + address, program, size);
  avr->codeend = avr->flashend;

  uint32_t flags = 0;
  avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), transmitted, NULL);
  avr_irq_register_notify(avr_get_interrupt_irq(avr, TICK_VECTOR) + AVR_INT_IRQ_RUNNING, ticked, NULL);
  twi = avr_io_getirq(avr, AVR_IOCTL_TWI_GETIRQ(0), 0);
  avr_irq_register_notify(twi + TWI_IRQ_OUTPUT, on_bus, NULL);
  avr_irq_register_notify(twi + TWI_IRQ_STATUS, on_status, NULL);

  static char line[16384];
  unsigned number = 0;
  while (fgets(line, sizeof line, stdin)) {
    number++;
    char *rest = line + 1;
    unsigned before = ticks;
    switch (line[0]) {
      case 'P': settings(rest); break;
      case 'B': battery(atoi(rest)); break;
      case 'S': start((uint8_t)atoi(rest)); break;
      case 'H':
        nextHubAnswers = rest[1] != '-';
        nextInterval = (uint16_t)atoi(rest);
        break;
      case 'T':
        for (int i = 0; i < 6; i++) nextSample[i] = (int16_t)strtol(rest, &rest, 10);
        nextAnswers = 1;
        run_tick();
        break;
      case 'M':
        nextAnswers = 0;
        run_tick();
        break;
      case 'R': receive(rest + 1); break;
      default:
        fprintf(stderr, "line %u: no such command\n", number);
        return 2;
    }
    if (ticks - before != (line[0] == 'T' || line[0] == 'M')) {
      fprintf(stderr, "line %u: does not fit into its tick\n", number);
      return 3;
    }
    print_sent(number);
  }
  /* What is still being sent. */
  run_cycles(20 * CYCLES_PER_MS);
  print_sent(number);
  return 0;
}
