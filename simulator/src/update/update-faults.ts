import { uniform } from '@gaitway/contract';
import type { ProgramVersion } from '@gaitway/firmware';

/** How an update can fail, step by step. `cut_…`: the power is cut, once, while the update is in that state. */
export const UPDATE_FAULTS = [
  'not_taken',
  'cut_offered',
  'download_failed',
  'cut_downloading',
  'bad_hash',
  'cut_verifying',
  'write_failed',
  'cut_swapping',
  'not_confirmed',
  'cut_trial',
  'cut_restoring',
] as const;
export type UpdateFault = (typeof UPDATE_FAULTS)[number];

/** Share of the devices that have each fault, from 0 to 1, together at most 1. */
export type UpdateFaultShares = Readonly<Partial<Record<UpdateFault, number>>>;

const STREAM = 0x75706466;

/** All faults alike, so that `share` of the devices have one. */
export function everyFault(share: number): UpdateFaultShares {
  return Object.fromEntries(UPDATE_FAULTS.map((fault) => [fault, share / UPDATE_FAULTS.length]));
}

/** The fault that a device has with a version, by seed. Throws a RangeError for shares that are none. */
export function updateFaultOf(
  seed: number,
  shares: UpdateFaultShares,
  index: number,
  { firmware, hash }: ProgramVersion,
): UpdateFault | undefined {
  const place = uniform(seed ^ STREAM, index, firmware, hash);
  let upTo = 0;
  let found: UpdateFault | undefined;
  for (const fault of UPDATE_FAULTS) {
    const share = shares[fault] ?? 0;
    if (!(share >= 0)) throw new RangeError(`${fault}: ${share} is no share of devices, from 0 to 1`);
    upTo += share;
    if (place < upTo) found ??= fault;
  }
  if (upTo > 1 + 1e-9)
    throw new RangeError(`the shares of update faults add up to ${upTo}, more than all devices`);
  return found;
}
