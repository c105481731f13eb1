#pragma once
#include "wide.h"

/* 256 * log2(1 + energy). At most 2 units below the true value, never above it by more than 0.5. */
uint16_t log2_fixed(const struct wide *energy);
