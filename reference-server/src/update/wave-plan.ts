import { hash32 } from '@gaitway/contract';

/** A version of the wearable's program: as in the frame header, and the beginning of its image's SHA-256. */
export interface ProgramVersion {
  firmware: number;
  hash: number;
}

/** How a fleet goes from one version to the next. */
export interface WavePlan {
  /** Only devices that run this firmware are offered the other one. */
  from: number;
  to: ProgramVersion;
  /** Shares of the fleet, growing, the last one 1: each group holds the ones before it. */
  groups: readonly number[];
  /** The wave stops when more than this share of the devices that are done have failed... */
  failedShareMax: number;
  /** ... and at least so many have. */
  failedLeast: number;
  /** How long a device may take from its offer to its first frame by the new program. */
  answerMs: number;
  /** A group lasts at least so long, from its beginning and from a start of the server. */
  groupMs: number;
  /** So many devices may be at it at once: that many a bad image can reach before the first of them is heard. */
  underWayMax: number;
}

/** A plan as it is given to a server: with the bytes of its image, which modems then get from there. */
export type AskedWave = WavePlan & { image?: Uint8Array };

/** As `groups` ask for; the other numbers are for trials of 60 s on the device (`docs/firmware-link.md`). */
export const WAVE_DEFAULT: Omit<WavePlan, 'from' | 'to'> = {
  groups: [0.1, 0.5, 1],
  failedShareMax: 0.05,
  failedLeast: 3,
  answerMs: 10 * 60_000,
  groupMs: 5 * 60_000,
  underWayMax: 1000,
};

/** The first group that a device belongs to: by its number and the version, so that no two waves begin with the same ones. */
export function groupOf(device: number, { groups, to }: WavePlan): number {
  const place = hash32(device, to.firmware, to.hash) / 2 ** 32;
  return groups.findIndex((share) => place < share);
}

/** Everything that is wrong with a plan, each with its field. */
export function faultsOf(plan: WavePlan): string[] {
  const faults: string[] = [];
  const { groups } = plan;
  const isGrowing = groups.every((share, i) => share > (groups[i - 1] ?? 0) && share <= 1);
  if (!isGrowing || groups.at(-1) !== 1)
    faults.push(`groups: ${JSON.stringify(groups)} must grow from above 0 to 1, as [0.1, 0.5, 1] does`);
  if (plan.to.firmware === plan.from)
    faults.push(`to.firmware: ${plan.from} is what runs already; a wave needs another version`);
  if (!(plan.failedShareMax >= 0 && plan.failedShareMax < 1))
    faults.push(`failedShareMax: ${plan.failedShareMax} is no share from 0 to below 1`);
  for (const field of ['failedLeast', 'answerMs', 'groupMs', 'underWayMax'] as const)
    if (!(plan[field] >= 1)) faults.push(`${field}: ${plan[field]} must be at least 1`);
  return faults;
}
