#pragma once
#include <stdbool.h>
#include <stdint.h>

void uart_start(void);

/* Sends one byte; sleeps while the one before is under way. */
void uart_put(uint8_t byte);

/* The next received byte; -1: none has come. */
int16_t uart_get(void);
bool uart_has_received(void);
