import type { Placement } from '@gaitway/contract';
import type { Program } from '@gaitway/firmware/board';
import type { FleetOptions } from '../fleet/fleet.ts';
import type { CanaryCounts } from './canary-counts.ts';
import { CanarySession } from './canary-session.ts';

export interface CanariesOptions {
  program: Program;
  /** Number of each chip's first start. */
  boot: number;
  deviceOf(index: number): number;
  placementOf(index: number): Placement;
  /** The samples of a patient's slot. */
  samplesOf(index: number, slot: number): Int16Array;
  /** Its beats, where the patient's device has an optical sensor. */
  pulsesOf(index: number, slot: number): ArrayLike<number> | undefined;
  counts: CanaryCounts;
  /** As a session has it. */
  strideTicks?: number;
}

/** What makes the devices of a {@link Fleet} canaries: schedule, phases, ledger and figures stay the fleet's. */
export function canariesIn(
  options: CanariesOptions,
): Required<Pick<FleetOptions, 'createSession' | 'createTwin' | 'valuesOf'>> {
  const { program, boot, counts, strideTicks } = options;
  return {
    createSession: (context, index, local) =>
      new CanarySession(context, index, local, {
        ...{ program, boot, counts, ...(strideTicks === undefined ? {} : { strideTicks }) },
        device: options.deviceOf(index),
        placement: options.placementOf(index),
        samplesOf: (slot) => options.samplesOf(index, slot),
        pulsesOf: (slot) => options.pulsesOf(index, slot),
      }),
    createTwin: isNone,
    valuesOf: isNone,
  };
}

function isNone(): never {
  throw new Error('a canary is no twin, and computes its features itself');
}
