import type { Equivalent } from './mutation-equivalents.fixture.ts';

const START = 'a start or an impact sets it before it is read';
const SAME = 'the same number';
const SIGN = 'what is shifted is never negative';
const READ_BY_NO_DEVICE = 'the simulator reads it, no device does';
const LENGTH = 'one more at the end, which nobody reads';

const of = (line: string, why: string, change?: string): Equivalent => ({
  module: 'fall-detector.js',
  line,
  why,
  ...(change === undefined ? {} : { change }),
});

/** As {@link Equivalent} says, of the fall detector. */
export const FALL_EQUIVALENT: readonly Equivalent[] = [
  of('leastSquare = 0;', START),
  of('rotationSquare = 0;', START),
  of('ticks = 0;', START),
  of('samples = 0;', START),
  of('block = 0;', START),
  of('peakSquare = 0;', START),
  of('peakTick = 0;', START),
  of('min = 0;', START),
  of('gyroPeak = 0;', START),
  of('restTicks = 0;', START),
  of('sums = new Int32Array(3);', LENGTH),
  of('means = new Int16Array(9);', LENGTH),
  of('least = new Uint16Array(2);', LENGTH),
  of('rotation = new Uint16Array(2);', LENGTH),
  of('before = new Int16Array(3);', LENGTH),
  of('this.peakSquare = 0;', 'the impact itself is greater'),
  of('this.rotationSquare = 0;', 'half the root of 1 is 0'),
  of('if (square < this.leastSquare)', SAME, '< <='),
  of('if (rotationSquare > this.rotationSquare)', SAME, '> >='),
  of('return (IMPACT >> accelRange) ** 2;', SIGN, '>> >>>'),
  of('export const FALL_MEMORY_TICKS = 3 * BLOCK_TICKS;', READ_BY_NO_DEVICE),
  of('return this.block === 0 ? 0 : (this.block - 1) * BLOCK_TICKS + this.ticks;', READ_BY_NO_DEVICE),
  of('return isqrt(square) >> 1;', SIGN, '>> >>>'),
  of(
    'means[axis] = Math.trunc(sums[axis] / (this.samples || 1));',
    'of no samples the sum is 0, whatever divides it',
    '1 2',
  ),
];
