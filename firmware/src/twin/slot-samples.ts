import { AXES, FrameFlag } from '@gaitway/contract';
import { SAMPLES_MAX, type SlotPlaces } from './features/feature-extractor.ts';

const STRIDE = AXES.length;

/**
 * The samples of the slot that runs: a slot is so many ticks, never so many good samples, so that silence always means
 * a dead device or link. In raw mode it is a chunk.
 */
export class SlotSamples {
  /** How long the slot is. */
  ticks = 0;
  private done = 0;
  private count = 0;
  private saturated = false;
  private readonly values = new Int16Array(SAMPLES_MAX * STRIDE);
  private readonly sampleTicks = new Uint8Array(SAMPLES_MAX);

  /** No tick of a slot was seen yet: the next one begins it. */
  get isFresh(): boolean {
    return this.done === 0;
  }

  get isOver(): boolean {
    return this.done === this.ticks;
  }

  /** Of a slot above 5.1 s the first 255 samples count: their number is one byte on the wire. */
  get countedTicks(): number {
    return Math.min(SAMPLES_MAX, this.ticks);
  }

  /** Those that arrived, as `FeatureExtractor.extract` takes them. */
  get samples(): Int16Array {
    return this.values.subarray(0, this.count * STRIDE);
  }

  get places(): SlotPlaces {
    return { ticks: this.sampleTicks, countedTicks: this.countedTicks };
  }

  /** What the frame's header says of the samples. */
  get flags(): number {
    return (this.count < this.countedTicks ? FrameFlag.gap : 0) | (this.saturated ? FrameFlag.saturated : 0);
  }

  begin(ticks: number): void {
    this.clear();
    this.ticks = ticks;
  }

  /** Lets go of the slot, whatever of it is over. */
  clear(): void {
    this.done = 0;
    this.count = 0;
    this.saturated = false;
  }

  /** One tick; without a sample the sensor did not answer. */
  tick(sample: ArrayLike<number> | undefined): void {
    if (sample !== undefined && this.done < this.countedTicks) {
      for (let axis = 0; axis < STRIDE; axis++) {
        const value = sample[axis]!;
        this.values[this.count * STRIDE + axis] = value;
        if (value === 32767 || value === -32768) this.saturated = true;
      }
      this.sampleTicks[this.count] = this.done;
      this.count += 1;
    }
    this.done += 1;
  }
}
