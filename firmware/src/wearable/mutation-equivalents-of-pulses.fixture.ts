import type { Module } from './mutation.fixture.ts';
import type { Equivalent } from './mutation-equivalents.fixture.ts';

const START = 'every start sets it before it is read';
const SLOT = 'every slot sets it before it is read';

const of = (module: Module, line: string, why: string, change?: string): Equivalent => ({
  module,
  line,
  why,
  ...(change === undefined ? {} : { change }),
});

/** As {@link Equivalent} says, of the hub and of what is made of its beats. */
export const PULSE_EQUIVALENT: readonly Equivalent[] = [
  of('pulse-hub.js', 'commands = 0;', START),
  of('pulse-hub.js', 'waitTicks = 0;', START),
  of('pulse-hub.js', 'wasLost = false;', START),
  of('pulse-hub.js', 'reportIsNext = false;', 'the first command sets it before it is read'),
  of('pulse-hub.js', 'interval = 0;', 'the first command sets it before it is read'),
  of('pulse-hub.js', 'counted = 0;', 'the first command sets it before it is read'),
  of(
    'pulse-hub.js',
    'asksForReports = false;',
    'of no report that was counted nothing is read: it counts instead',
  ),
  of('pulse-hub.js', 'this.waitTicks = 0;', 'waiting for one tick is waiting for the next one', '0 1'),

  of('pulse-meter.js', 'beats = 0;', SLOT),
  of('pulse-meter.js', 'intervals = 0;', SLOT),
  of('pulse-meter.js', 'wasSilent = false;', SLOT),
  of('pulse-meter.js', 'before = 0;', SLOT),
  of('pulse-meter.js', 'sum = 0;', SLOT),
  of('pulse-meter.js', 'squares = 0;', SLOT),
  of(
    'pulse-meter.js',
    'const SQUARES_MAX = 65_535 * SQUARE_UNIT;',
    'the frame holds no more',
    '65_535 65536',
  ),
  of('pulse-meter.js', 'const measures = tells && intervals > 0;', '0 / 0 is 0 in a frame', '> >='),
];
