#pragma once
#include <stdint.h>

/* Does what a message of the modem says: type, then body. One of another length than its type has is ignored. */
void commands_handle(const uint8_t *message, uint8_t length);
