#pragma once
/*
 * The wire, as docs/wire-format.md has it. A frame's fixed part is its header and payload; the trailer is made anew
 * at each transmission and is never held.
 */
#include <stdint.h>

enum {
  FRAME_VERSION = 1,
  HEADER_BYTES = 28,
  TRAILER_BYTES = 6,
};

enum frame_kind { FRAME_FEATURES = 1, FRAME_RAW_CHUNK = 2, FRAME_EVENT = 3, FRAME_BOOT = 4 };

enum { FEATURES_BYTES = 72, RAW_CHUNK_BYTES = 302, EVENT_BYTES = 12, BOOT_BYTES = 8 };

enum frame_flag { FLAG_CLOCK_NOT_SYNCED = 1, FLAG_GAP = 2, FLAG_SATURATED = 4, FLAG_BACKFILL = 16 };

/* Offsets in the header. */
enum {
  AT_VERSION = 0,
  AT_KIND = 1,
  AT_FLAGS = 2,
  AT_MOUNTING = 3,
  AT_DEVICE = 4,
  AT_BOOT = 8,
  AT_FIRMWARE = 10,
  AT_SEQ = 12,
  AT_START_MS = 16,
  AT_BATTERY_MV = 22,
  AT_SLOT_MS = 24,
  AT_PAYLOAD_LENGTH = 26,
};

enum event_type { EVENT_FALL = 1, EVENT_BUTTON = 2 };

enum { AXES = 6, SAMPLES_MAX = 255, TICKS_PER_SECOND = 50, TICK_MS = 20 };

/* Raw mode: ten chunks of 25 samples make a reading of 5 s. */
enum { RAW_SAMPLES_PER_CHUNK = 25, RAW_CHUNKS_PER_READING = 10, RAW_SLOT_MS = 5000 };

/* 12 frames of features with their CRCs. Raw chunks are longer: three of them fit into the same bytes. */
enum { RING_FRAMES = 12, RING_BYTES = RING_FRAMES * (HEADER_BYTES + FEATURES_BYTES + 2) };
