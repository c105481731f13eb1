#pragma once
/*
 * The frames that the device holds until they are acknowledged, refused, or pushed out by a newer one. They lie in
 * `kept.ring` one behind the other, the oldest at its beginning: whoever leaves makes the others move up. That is a
 * millisecond twice in a slot, and no frame ever wraps around an end.
 */
#include <stdbool.h>
#include <stdint.h>

/* The fixed part of the oldest held frame; NULL: none is held. */
uint8_t *ring_oldest(void);

/* The frame behind one; NULL: it was the newest. */
uint8_t *ring_next(const uint8_t *frame);

/*
 * Zeroed room for a fixed part, behind the newest frame. Drops the oldest frames until there is room, for at most
 * RING_FRAMES in all. It is held from `ring_hold` on.
 */
uint8_t *ring_reserve(uint16_t fixedBytes);
void ring_hold(uint8_t *frame, uint16_t fixedBytes);

void ring_remove_oldest(void);

/* Removes every held frame of `boot` up to and including `seq`. */
void ring_release(uint16_t boot, uint32_t seq);

/* Length of a fixed part, as its header tells. */
uint16_t ring_fixed_bytes(const uint8_t *frame);

/* CRC of a held frame's fixed part; `ring_reseal` makes it anew after a change. */
uint16_t ring_sealed(const uint8_t *frame);
void ring_reseal(uint8_t *frame);

/* After a reset: all frames have lengths that fit, and CRCs that hold. */
bool ring_is_whole(void);
