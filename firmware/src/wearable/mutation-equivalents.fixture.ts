import type { Module } from './mutation.fixture.ts';

/** Changes of the twin after which the frames are the same, whatever a device lives. */
export interface Equivalent {
  module: Module;
  /** The line of the transpiled module. */
  line: string;
  /** Token before and after; without it every change in the line is meant. */
  change?: string;
  /** Which one of them, where a module has the same change in the same line several times, from 0. */
  which?: number;
  why: string;
}

const START = 'every start sets it before it is read';
const NOT_ON_THE_WIRE = 'only who watches the twin sees it';
const WHERE_BYTES_LIE = 'the bytes lie elsewhere, and are the same';
const FORMULA = 'the formula of the coefficients, which the device does not compute';
const SIGN = 'what is shifted is never negative';

export const EQUIVALENT: readonly Equivalent[] = [
  { module: 'frame-room.js', line: 'const PIECE_BYTES = 64 * 1024;', why: WHERE_BYTES_LIE },
  { module: 'frame-room.js', line: 'let used = 0;', why: WHERE_BYTES_LIE },
  { module: 'frame-room.js', line: 'used = 0;', why: WHERE_BYTES_LIE },
  {
    module: 'frame-room.js',
    line: 'if (used + length > PIECE_BYTES) {',
    change: '> >=',
    why: WHERE_BYTES_LIE,
  },

  {
    module: 'features/bands.js',
    line: 'const t = Math.tan((Math.PI * (toHz - fromHz)) / SAMPLE_RATE_HZ);',
    why: FORMULA,
  },
  {
    module: 'features/bands.js',
    line: 'const c = Math.cos((Math.PI * (fromHz + toHz)) / SAMPLE_RATE_HZ) /',
    why: FORMULA,
  },
  {
    module: 'features/bands.js',
    line: 'Math.cos((Math.PI * (toHz - fromHz)) / SAMPLE_RATE_HZ);',
    why: FORMULA,
  },
  {
    module: 'features/bands.js',
    line: 'return { b: t / (1 + t), a1: (-2 * c) / (1 + t), a2: (1 - t) / (1 + t) };',
    why: FORMULA,
  },
  ...[
    ["{ name: 'Locomotion', fromHz: 0.5, toHz: 3, b: 2240, a1: -27951, a2: 11904 },", '0.5 1.5', '3 4'],
    ["{ name: 'Freeze', fromHz: 3, toHz: 8, b: 4018, a1: -20037, a2: 8348 },", '3 4', '8 9'],
    ["{ name: 'Tremor', fromHz: 3.5, toHz: 7.5, b: 3347, a1: -20742, a2: 9689 },", '3.5 4.5', '7.5 8.5'],
  ].flatMap(([line, ...changes]) =>
    changes.map((change) => ({ module: 'features/bands.js' as const, line: line!, change, why: FORMULA })),
  ),

  {
    module: 'features/band-energy.js',
    line: 'y = y > 0 ? 32767 : -32768;',
    change: '0 1',
    why: 'y is beyond 16 bits here',
  },
  {
    module: 'features/band-energy.js',
    line: 'y = y > 0 ? 32767 : -32768;',
    change: '> >=',
    why: 'y is beyond 16 bits here',
  },
  {
    module: 'features/energy-weights.js',
    line: 'const eighth = Math.trunc((8 * tick) / ticks);',
    change: 'trunc floor',
    why: 'a tick is never negative',
  },

  { module: 'features/feature-extractor.js', line: 'let min = 32767;', why: 'no sample lies above' },
  {
    module: 'features/feature-extractor.js',
    line: 'const whole = Math.min(SAMPLE_RATE_HZ, count);',
    change: 'min max',
    why: 'the device says where its samples lie',
  },
  {
    module: 'features/feature-extractor.js',
    line: 'let max = -32768;',
    change: '32768 32769',
    why: 'no sample lies below',
  },
  { module: 'features/feature-extractor.js', line: 'let min = 65535;', why: 'no magnitude lies above' },
  {
    module: 'features/feature-extractor.js',
    line: 'if (magnitude < min)',
    change: '< <=',
    why: 'the same number',
  },
  {
    module: 'features/feature-extractor.js',
    line: 'if (magnitude > max)',
    change: '> >=',
    why: 'the same number',
  },
  {
    module: 'features/feature-extractor.js',
    line: 'if (value < min)',
    change: '< <=',
    why: 'the same number',
  },
  {
    module: 'features/feature-extractor.js',
    line: 'if (value > max)',
    change: '> >=',
    why: 'the same number',
  },
  {
    module: 'features/feature-extractor.js',
    line: 'if (!Number.isInteger(count) || count > SAMPLES_MAX) {',
    change: '|| &&',
    why: 'a device gives whole samples, 255 at most',
  },
  {
    module: 'features/feature-extractor.js',
    line: 'while (found < count && ticks[count - 1 - found] >= countedTicks - SAMPLE_RATE_HZ)',
    change: '< <=',
    why: 'before the first tick there is none, and the comparison fails',
  },
  {
    module: 'features/feature-extractor.js',
    line: 'const magnitude = isqrt(x * x + y * y + z * z) >> 1;',
    change: '>> >>>',
    why: SIGN,
  },

  {
    module: 'features/log2.js',
    line: 'const TABLE = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, i) => Math.min(255, Math.round(256 * Math.log2(1 + i / 256))));',
    change: '255 256',
    why: 'the last entry is 255 without being cut',
  },
  {
    module: 'features/log2.js',
    line: 'const TABLE = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, i) => Math.min(255, Math.round(256 * Math.log2(1 + i / 256))));',
    change: '256 257',
    which: 0,
    why: 'of the length: one entry more, which nobody reads',
  },
  {
    module: 'features/log2.js',
    line: 'const mantissa = bits >= 8 ? Math.floor(value / 2 ** (bits - 8)) & 0xff : (value << (8 - bits)) & 0xff;',
    change: '>= >',
    why: 'of 8 bits both branches are the value itself',
  },

  {
    module: 'features/log2.js',
    line: 'const mantissa = bits >= 8 ? Math.floor(value / 2 ** (bits - 8)) & 0xff : (value << (8 - bits)) & 0xff;',
    change: '8 9',
    which: 0,
    why: 'of 8 bits both branches are the value itself',
  },

  { module: 'features/step-counter.js', line: 'x1 = -1;', why: START },
  { module: 'features/step-counter.js', line: 'x2 = 0;', why: START },
  { module: 'features/step-counter.js', line: 'y1 = 0;', why: START },
  { module: 'features/step-counter.js', line: 'y2 = 0;', why: START },
  { module: 'features/step-counter.js', line: 'remainder = 0;', why: START },
  { module: 'features/step-counter.js', line: 'steps = 0;', why: START },
  { module: 'features/step-counter.js', line: 'armed = true;', why: START },
  {
    module: 'features/step-counter.js',
    line: 'this.x1 = -1;',
    change: '1 2',
    why: 'any number below 0 says the same',
  },
  ...['32767 32768', '32768 32769'].map((change) => ({
    module: 'features/step-counter.js' as const,
    line: 'this.y1 = Math.max(-32768, Math.min(32767, y));',
    change,
    why: 'half a magnitude drives the filter to 21,098 at most: 28,377 times the sum of its positive answers to an impulse, 0.7435',
  })),
  {
    module: 'features/step-counter.js',
    line: 'this.threshold = (8192 >> accelRange) >> 5;',
    change: '>> >>>',
    why: SIGN,
  },
  {
    module: 'features/step-counter.js',
    line: 'this.threshold = (8192 >> accelRange) >> 5;',
    change: '8192 8193',
    why: 'the bit is shifted out',
  },

  {
    module: 'features/tilt.js',
    line: 'if (first === 0 || last === 0)',
    change: '|| &&',
    why: 'a mean of no samples becomes 0, which is no angle either',
  },

  { module: 'settings.js', line: 'return settings.clockSurvives ?? true;', why: 'the device says false' },
  {
    module: 'settings.js',
    line: 'export const HELD_CRC_BYTES = 2;',
    why: 'what a frame needs and what the ring has grow together: one byte more fits neither more nor fewer frames, whatever their kinds',
  },

  { module: 'slot-samples.js', line: 'ticks = 0;', why: START },
  { module: 'slot-samples.js', line: 'done = 0;', why: START },
  { module: 'slot-samples.js', line: 'count = 0;', why: START },
  { module: 'slot-samples.js', line: 'saturated = false;', why: START },

  { module: 'ticked-device.js', line: 'hangs = false;', why: START },
  { module: 'ticked-device.js', line: 'batteryMv = 3700;', why: START },
  { module: 'ticked-device.js', line: 'ticks = 0;', why: 'only differences of it are used' },
  { module: 'ticked-device.js', line: 'uptimeTicks = 0;', why: START },
  {
    module: 'ticked-device.js',
    line: 'this.uptimeTicks = 0;',
    why: 'the time that is told later is set beside it, and before that nothing is sent',
  },
  { module: 'ticked-device.js', line: 'offsetMs = 0;', why: START },
  { module: 'ticked-device.js', line: 'slotStartTicks = 0;', why: START },
  { module: 'ticked-device.js', line: 'nextSlotTicks = 0;', why: START },
  { module: 'ticked-device.js', line: 'chunkIndex = 0;', why: START },
  {
    module: 'ticked-device.js',
    line: 'const RETRY_AFTER_MS_MAX = 65_534;',
    why: 'the same number of whole ticks',
  },

  { module: 'twin.js', line: 'retries = 0;', why: START },
  {
    module: 'twin.js',
    line: 'const bytes = this.begin(FrameKind.boot, startMs, 0, 0, batteryMv);',
    change: '0 1',
    which: 1,
    why: 'of the flags: a device that starts has no clock, and sets that flag itself',
  },
  { module: 'twin.js', line: 'nextTryMs = 0;', why: START },
  { module: 'twin.js', line: 'if (frame.firstSentMs < 0)', why: NOT_ON_THE_WIRE },
  { module: 'twin.js', line: 'firstSentMs: -1,', why: NOT_ON_THE_WIRE },
  { module: 'twin.js', line: 'return this.ring === undefined ? 0 : this.ring.length;', why: NOT_ON_THE_WIRE },
  {
    module: 'twin.js',
    line: 'this.hooks.refused(this.take(0, 1)[0], reason);',
    change: '0 1',
    which: 1,
    why: 'of the index of what was taken: only who watches the twin sees it',
  },
  { module: 'twin.js', line: 'syncClock(offsetMs = 0) {', why: 'the device says it' },
  {
    module: 'twin.js',
    line: 'this.retries = 0;',
    which: 1,
    why: 'of the one in land(): the next transmission begins anew whatever it says',
  },
  {
    module: 'twin.js',
    line: 'while (ring.length >= framesMost || (this.ringBytes > bytesMost && ring.length > 0)) {',
    change: '0 1',
    why: 'beside one held frame there is room for any other',
  },
  {
    module: 'twin.js',
    line: 'while (ring.length >= framesMost || (this.ringBytes > bytesMost && ring.length > 0)) {',
    change: '> >=',
    which: 1,
    why: 'of the length: the ring is never empty while it is too full',
  },
];
