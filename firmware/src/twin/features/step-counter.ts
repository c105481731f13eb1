import { BANDS, COEFFICIENT_BITS } from './bands.ts';

const { b, a1, a2 } = BANDS[0]!;
const REMAINDER = (1 << COEFFICIENT_BITS) - 1;
/** Two steps are at least this many samples apart: 0.24 s, four steps a second. */
const APART_SAMPLES = 12;

/**
 * Steps of one slot: upward crossings of 1/32 g by the magnitude of the acceleration, band-passed at
 * 0.5-3 Hz, armed again below -1/32 g. Simple, as the chip is small; arm movements count as steps too.
 */
export class StepCounter {
  steps = 0;
  private readonly threshold: number;
  private x1 = -1;
  private x2 = 0;
  private y1 = 0;
  private y2 = 0;
  private remainder = 0;
  private armed = true;
  private since = APART_SAMPLES;

  /** `accelRange` as in the frame header (0: 2 g .. 3: 16 g). */
  constructor(accelRange: number) {
    this.threshold = (8192 >> accelRange) >> 5;
  }

  begin(): void {
    this.steps = 0;
    this.x1 = -1;
    this.armed = true;
    this.since = APART_SAMPLES;
  }

  /** `magnitude` in counts / 2. */
  add(magnitude: number): void {
    if (this.x1 < 0) {
      this.x1 = this.x2 = magnitude;
      this.y1 = this.y2 = 0;
      this.remainder = 1 << (COEFFICIENT_BITS - 1);
    }
    const sum =
      (Math.imul(b, magnitude - this.x2) - Math.imul(a1, this.y1) - Math.imul(a2, this.y2) + this.remainder) |
      0;
    const y = sum >> COEFFICIENT_BITS;
    this.remainder = sum & REMAINDER;
    this.x2 = this.x1;
    this.x1 = magnitude;
    this.y2 = this.y1;
    this.y1 = Math.max(-32768, Math.min(32767, y));
    this.since += 1;
    if (y < -this.threshold) this.armed = true;
    else if (this.armed && y > this.threshold && this.since >= APART_SAMPLES) {
      this.armed = false;
      this.since = 0;
      this.steps += 1;
    }
  }
}
