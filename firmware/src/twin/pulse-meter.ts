import { type FeatureValues, featureIndex } from '@gaitway/contract';

/** Intervals of a heart, 0.1 ms: what lies outside comes of a missed or a false beat. */
const INTERVAL_MIN = 3000;
const INTERVAL_MAX = 20_000;
/** Intervals of 0.1 ms in a minute. */
const INTERVALS_A_MINUTE = 600_000;
const BEATS_MAX = 255;
/** 8 ms^2, the unit of the wire. */
const SQUARE_UNIT = 800;
const SQUARES_MAX = 65_535 * SQUARE_UNIT;

const HEART_RATE = featureIndex('heartRateBpm');
const BEATS = featureIndex('beats');
const SQUARES = featureIndex('beatDifferenceSquares');

/**
 * The heart's fields of a slot, of the beats that were told in it, in the integers of the chip (`heart.c`). Each beat comes
 * with the interval since the one before. An interval outside of 300 to 2000 ms (research on heart-rate variability takes the
 * same limits) counts as a beat, and neither as an interval nor in a difference. Differences are of neighbours within
 * the slot, so that its fields depend on its own beats only.
 */
export class PulseMeter {
  private beats = 0;
  private intervals = 0;
  private wasSilent = false;
  private before = 0;
  private sum = 0;
  private squares = 0;

  /** A slot begins. */
  begin(): void {
    this.beats = 0;
    this.intervals = 0;
    this.wasSilent = false;
    this.before = 0;
    this.sum = 0;
    this.squares = 0;
  }

  /** The sensor did not answer at a tick. Beats of a part of the slot would be read as a slow heart: nothing is told then. */
  silent(): void {
    this.wasSilent = true;
  }

  /** A beat, so many 0.1 ms behind the one before. Of a slot the first 255 count. */
  add(interval: number): void {
    if (this.beats === BEATS_MAX) return;
    this.beats += 1;
    const { before } = this;
    this.before = 0;
    if (interval < INTERVAL_MIN || interval > INTERVAL_MAX) return;
    this.before = interval;
    this.intervals += 1;
    this.sum += interval;
    if (before === 0) return;
    this.squares = Math.min(SQUARES_MAX, this.squares + (interval - before) ** 2);
  }

  /** Writes the fields of the heart, and no other; all are 0 where nothing is told. */
  end(into: FeatureValues): void {
    const { intervals, sum } = this;
    const tells = !this.wasSilent;
    const measures = tells && intervals > 0;
    into[BEATS] = tells ? this.beats : 0;
    into[HEART_RATE] = measures ? roundedQuotient(INTERVALS_A_MINUTE * intervals, sum) : 0;
    into[SQUARES] = measures ? roundedQuotient(this.squares, SQUARE_UNIT) : 0;
  }
}

/** Of whole numbers; a half goes up. */
function roundedQuotient(of: number, by: number): number {
  return Math.floor((2 * of + by) / (2 * by));
}
