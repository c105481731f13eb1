import { FEATURE_FIELDS, FrameFlag, featureIndex } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { readingFlags } from './reading-flags.ts';

describe('the flags of a reading', () => {
  it.each([
    ['accelXMin', -32_768, FrameFlag.saturated],
    ['gyroZMax', 32_767, FrameFlag.saturated],
    ['gyroZMax', 32_766, 0],
    ['accelXMax', -32_768, 0],
    ['gyroXRms', 32_767, 0],
  ])('with %s of %i are %i', (name, value, flags) => {
    const values = new Int32Array(FEATURE_FIELDS.length);
    values[featureIndex(name)] = value;
    expect(readingFlags(values)).toBe(flags);
  });
});
