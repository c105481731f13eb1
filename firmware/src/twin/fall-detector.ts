import { type EventPayload, EventType, Placement, SAMPLE_RATE_HZ } from '@gaitway/contract';
import { isqrt } from './features/isqrt.ts';
import { cosineOf } from './features/tilt.ts';
import { TICK_MS } from './settings.ts';

/** Of the time before an impact, half seconds are kept: the chip has no room for its samples. */
const BLOCK_TICKS = SAMPLE_RATE_HZ / 2;
/** What a detector knows besides the half second that runs, and besides an impact that is looked at. */
export const FALL_MEMORY_TICKS = 3 * BLOCK_TICKS;
/** The greatest acceleration and rotation are those of the first so many blocks from the impact on. */
const BLOCKS_OF_PEAK = 2;
const BLOCKS_TO_DECISION = 4;
/** A fall is decided at the end of the so-manieth tick from its impact's tick on: there its frame's time begins. */
export const FALL_DECISION_TICKS = BLOCKS_TO_DECISION * BLOCK_TICKS;
/** For so long after a fall no impact counts: whoever lies there may struggle to get up. */
const REST_TICKS = 5 * SAMPLE_RATE_HZ;
const NO_REST = 0;
/** 3 g in counts at the range of 2 g. */
const IMPACT = 49_152;
/** 16384 * cos 45 degrees, rounded up: from here on it is 45 degrees or less. */
const COSINE_OF_45 = 11_586;
/**
 * Falls are told at the wrist alone. A walking shank passes 3 g with its strides, and of falls at the shank nobody recorded any here
 * (docs/patients.md has the figures).
 */
export function tellsFalls(placement: number): boolean {
  return placement === Placement.wrist;
}

/** The square of an impact's least length in counts of a range (0: 2 g .. 3: 16 g): it takes more. */
export function fallImpactSquare(accelRange: number): number {
  return (IMPACT >> accelRange) ** 2;
}

/** Above every square: no sample has been seen. */
const NO_SQUARE = 0xffff_ffff;

/**
 * Tells falls from the samples of a wearable, 50 a second, as the chip does: integers only, 65 bytes of state.
 *
 * A fall is an impact above 3.0 g, behind which gravity lies more than 45 degrees elsewhere than before. On the wrists
 * of WEDA-FALL (github.com/joaojtmarques/WEDA-FALL, 392c0bf: 350 falls of young adults on a mattress, 619 other
 * activities) that rule finds 0.83 of the falls and is right in 0.90 of the others; free fall and stillness are no help there.
 *
 *     ... 25 | 25 | 25 | at most 24 |! 25 | 25 | 25 | 25 ticks
 *         [ before ]                  [ peak ] [ after ] decided
 *
 * Gravity before is the mean of two half seconds that end half a second before the impact (!) or earlier: what lies
 * between is the fall itself. Gravity after is the mean of the second second behind it. `peak` is the greatest length of
 * the acceleration in the first second, `offsetMs` its time; `min` is the least length in the two half seconds before and in
 * what had run of the third, 1.0 to 1.5 s; `gyroPeak` is the greatest rotation from there to the end of the first second. An
 * impact that comes while another one is looked at, or within 5 s of a fall, is a part of it.
 */
export class FallDetector {
  /** The square of 3 g in counts of the range. */
  private readonly impactSquare: number;
  /** The half second that runs. */
  private readonly sums = new Int32Array(3);
  private leastSquare = 0;
  private rotationSquare = 0;
  private ticks = 0;
  private samples = 0;
  /** Those before it, newest first: the mean of each axis, the least acceleration, the greatest rotation. */
  private readonly means = new Int16Array(9);
  private readonly least = new Uint16Array(2);
  private readonly rotation = new Uint16Array(2);
  /** Which block runs since the impact, from 1; 0: there was none. */
  private block = 0;
  private peakSquare = 0;
  private peakTick = 0;
  private min = 0;
  private gyroPeak = 0;
  private readonly before = new Int16Array(3);
  private restTicks = 0;

  /** `accelRange` as in the frame header (0: 2 g .. 3: 16 g). */
  constructor(accelRange: number) {
    this.impactSquare = fallImpactSquare(accelRange);
    this.reset();
  }

  /**
   * A start of the device: nothing is known of the time before. `restTicks`: for so many ticks no impact counts, as if there had been
   * a fall. Who feeds the last three half seconds of a device in rest has its detector again (see `RunningFalls` of the simulator).
   */
  reset(restTicks: number = NO_REST): void {
    this.beginBlock();
    // Without a direction before there is no fall. When there is one again, `least` and `rotation` are new, too.
    this.means.fill(0);
    this.block = 0;
    this.restTicks = restTicks;
  }

  /** Ticks since the impact that is looked at, its own included; 0: there is none. */
  get impactTicks(): number {
    return this.block === 0 ? 0 : (this.block - 1) * BLOCK_TICKS + this.ticks;
  }

  /** Ticks of the half second that runs. */
  get blockTicks(): number {
    return this.ticks;
  }

  /** For so many ticks to come no impact counts. */
  get ticksToRest(): number {
    return this.restTicks;
  }

  /**
   * One tick with its sample, raw counts. Gives the event when a fall is decided: {@link FALL_DECISION_TICKS} ticks of
   * 20 ms before the end of this one is the time from which its `offsetMs` counts. `null`: none is.
   */
  feed(ax: number, ay: number, az: number, gx: number, gy: number, gz: number): EventPayload | null {
    const { sums } = this;
    const square = ax * ax + ay * ay + az * az;
    const rotationSquare = gx * gx + gy * gy + gz * gz;
    if (this.block === 0 && this.restTicks === 0 && square > this.impactSquare) this.beginImpact();
    sums[0]! += ax;
    sums[1]! += ay;
    sums[2]! += az;
    this.samples += 1;
    if (square < this.leastSquare) this.leastSquare = square;
    if (rotationSquare > this.rotationSquare) this.rotationSquare = rotationSquare;
    if (this.block !== 0 && this.block <= BLOCKS_OF_PEAK && square > this.peakSquare) {
      this.peakSquare = square;
      this.peakTick = (this.block - 1) * BLOCK_TICKS + this.ticks;
    }
    return this.miss();
  }

  /** One tick in which the sensor did not answer. */
  miss(): EventPayload | null {
    if (this.restTicks > 0) this.restTicks -= 1;
    this.ticks += 1;
    return this.ticks === BLOCK_TICKS ? this.endBlock() : null;
  }

  private beginBlock(): void {
    this.sums.fill(0);
    this.leastSquare = NO_SQUARE;
    this.rotationSquare = 0;
    this.ticks = 0;
    this.samples = 0;
  }

  /** The block that ran is let go: the fall itself lies in it. Its least and greatest are taken. */
  private beginImpact(): void {
    const { before, least, rotation } = this;
    for (let axis = 0; axis < 3; axis++) before[axis] = this.halfMean(1, axis);
    this.min = Math.min(least[0]!, least[1]!, halfRoot(this.leastSquare));
    this.gyroPeak = Math.max(rotation[0]!, rotation[1]!, halfRoot(this.rotationSquare));
    this.peakSquare = 0;
    this.block = 1;
    this.beginBlock();
  }

  /** Half the mean of a block's mean and the one's before it, so that a sum of three products fits 32 bits. */
  private halfMean(block: number, axis: number): number {
    return (this.means[3 * block + axis]! + this.means[3 * block + 3 + axis]!) >> 2;
  }

  private endBlock(): EventPayload | null {
    const { means, least, rotation, sums } = this;
    means.copyWithin(3, 0);
    // Where there was no sample the mean is 0, and bends no direction.
    for (let axis = 0; axis < 3; axis++) means[axis] = Math.trunc(sums[axis]! / (this.samples || 1));
    least[1] = least[0]!;
    least[0] = halfRoot(this.leastSquare);
    rotation[1] = rotation[0]!;
    rotation[0] = halfRoot(this.rotationSquare);
    this.beginBlock();
    if (this.block === 0) return null;
    if (this.block === BLOCKS_OF_PEAK) this.gyroPeak = Math.max(this.gyroPeak, rotation[0]!, rotation[1]!);
    this.block += 1;
    return this.block > BLOCKS_TO_DECISION ? this.decide() : null;
  }

  private decide(): EventPayload | null {
    const { before } = this;
    this.block = 0;
    let dot = 0;
    let beforeSquare = 0;
    let afterSquare = 0;
    for (let axis = 0; axis < 3; axis++) {
      const first = before[axis]!;
      const last = this.halfMean(0, axis);
      dot += first * last;
      beforeSquare += first * first;
      afterSquare += last * last;
    }
    const tiltCosine = cosineOf(dot, beforeSquare, afterSquare);
    if (tiltCosine >= COSINE_OF_45) return null;
    this.restTicks = REST_TICKS;
    return {
      type: EventType.fall,
      peak: halfRoot(this.peakSquare),
      min: this.min,
      gyroPeak: this.gyroPeak,
      tiltCosine,
      offsetMs: this.peakTick * TICK_MS,
    };
  }
}

/** The length of a vector by its square, counts / 2. */
function halfRoot(square: number): number {
  return isqrt(square) >> 1;
}
