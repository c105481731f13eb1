import type { DurationLimits } from '../duration.ts';

/** The frame keeps the length of a slot in 16 bits: a longer one would be cut off, and its readings belong elsewhere. */
export const SLOT_LIMITS: DurationLimits = { most: '65.535s', because: 'a frame has no place for more' };

/** A timer of Node waits 2^31 - 1 ms at most (24.8 days), and one that is to wait longer comes at once. */
export const MEASURE_LIMITS: DurationLimits = { most: '24d', because: 'no timer waits so long' };

/** Together with the longest measure phase it is within what a timer can wait for. */
export const CONNECT_LIMITS: DurationLimits = {
  most: '12h',
  because: 'a fleet connects before it is measured',
};

/** A token says its end in whole seconds. */
export const TOKEN_LIMITS: DurationLimits = {
  least: '1s',
  most: '3650d',
  because: 'a token that is good for ever cannot be taken back',
};
