import { AXES } from '@gaitway/contract';

/**
 * Gives a board the samples of one slot after the other: `samplesOf` a slot has 6 axes, one sample after the other. What
 * a slot has beyond them (a frame counts 255 at most) repeats the last one.
 */
export function samplesOfSlots(
  samplesOf: (slot: number) => Int16Array,
  ticksPerSlot: number,
): (index: number, into: Int16Array) => boolean {
  let slot = -1;
  let samples: Int16Array = new Int16Array(0);
  return (index, into) => {
    const wanted = Math.floor(index / ticksPerSlot);
    if (wanted !== slot) {
      slot = wanted;
      samples = samplesOf(slot);
    }
    const place = Math.min(index - slot * ticksPerSlot, samples.length / AXES.length - 1) * AXES.length;
    into.set(samples.subarray(place, place + AXES.length));
    return true;
  };
}

/** The same of a hub's beats: for each tick of a slot the interval before the beat that it found then, or 0. */
export function pulsesOfSlots(
  pulsesOf: (slot: number) => ArrayLike<number>,
  ticksPerSlot: number,
): (index: number) => number {
  let slot = -1;
  let pulses: ArrayLike<number> = [];
  return (index) => {
    const wanted = Math.floor(index / ticksPerSlot);
    if (wanted !== slot) {
      slot = wanted;
      pulses = pulsesOf(slot);
    }
    return pulses[index - slot * ticksPerSlot] ?? 0;
  };
}
