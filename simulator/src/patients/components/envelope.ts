import { SECONDS_PER_SAMPLE } from './motion-buffer.ts';

/** How much of something is there, sample by sample, 0 to 1. */
export type Envelope = Float64Array;

/** Half of the time in which one movement gives way to another. */
const FADE_SECONDS = 0.15;

/** 1 between two moments, given as shares of the slot, and 0 outside; at the slot's own ends nothing fades. */
export function between(samples: number, fromShare: number, toShare: number): Envelope {
  const envelope = new Float64Array(samples);
  const fade = FADE_SECONDS / SECONDS_PER_SAMPLE;
  const from = fromShare <= 0 ? -Infinity : fromShare * samples;
  const to = toShare >= 1 ? Infinity : toShare * samples;
  for (let i = 0; i < samples; i++) {
    const inside = Math.min(i + 0.5 - from, to - i - 0.5) / fade;
    envelope[i] = Math.min(1, Math.max(0, (inside + 1) / 2));
  }
  return envelope;
}

/** What is left of something else: 1 - (1 - `rest`) envelope. */
export function besides(envelope: Envelope, rest: number): Envelope {
  const left = new Float64Array(envelope.length);
  for (let i = 0; i < left.length; i++) left[i] = 1 - (1 - rest) * envelope[i]!;
  return left;
}
