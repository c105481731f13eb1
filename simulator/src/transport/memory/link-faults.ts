import { uniform } from '@gaitway/contract';

/** What a link does to what passes over it. Shares are of messages, 0 to 1; all is drawn from the seed. */
export interface LinkFaults {
  /** Each message takes this long, uniform; messages of one link keep their order, those of two do not. */
  delayMs: { min: number; max: number };
  /** Connections that do not come up. */
  connectFailureShare: number;
  /** Frames at which the link is cut: half of them before the frame arrives, half after, so that its answer is lost. */
  cutShare: number;
  /** Answers that never arrive, on a link that stays up. */
  lostAnswerShare: number;
  /** Frames that arrive twice; both are answered, so the device hears one acknowledgement again. */
  repeatedShare: number;
}

export const NO_LINK_FAULTS: Readonly<LinkFaults> = {
  delayMs: { min: 0, max: 0 },
  connectFailureShare: 0,
  cutShare: 0,
  lostAnswerShare: 0,
  repeatedShare: 0,
};

const STREAM = 0x66617574;

/**
 * One device's draws, in the order of its own messages: what other devices do, and in which worker they are,
 * does not change them.
 */
export class LinkDraws {
  private readonly seed: number;
  private readonly device: number;
  private drawn = 0;

  constructor(seed: number, device: number) {
    this.seed = seed;
    this.device = device;
  }

  chance(share: number): boolean {
    return share > 0 && this.uniform() < share;
  }

  between(range: { min: number; max: number }): number {
    return range.max <= range.min ? range.min : range.min + this.uniform() * (range.max - range.min);
  }

  private uniform(): number {
    return uniform(this.seed, STREAM, this.device, this.drawn++);
  }
}
