import type { Placement } from '@gaitway/contract';
import { TICK_MS } from '@gaitway/firmware';
import { cellMv, type Schedule, slotStartMs } from '../fleet/schedule.ts';
import { fleetTwinSettings } from '../fleet/twin-settings.ts';
import type { ModemBoardOptions } from './modem-board.ts';
import { pulsesOfSlots, samplesOfSlots } from './slot-samples.ts';

export interface Wearer {
  schedule: Schedule;
  /** Which patient of the schedule. */
  index: number;
  /** Number of the device, as in its frames. */
  device: number;
  /** Where the patient wears it. */
  placement: Placement;
  /** The samples of a slot, 6 axes, one sample after the other. */
  samplesOf(slot: number): Int16Array;
  /** The beats of a slot, as {@link pulsesOfSlots} takes them; `undefined`, of whatever slot: the device has no optical sensor. */
  pulsesOf(slot: number): ArrayLike<number> | undefined;
}

/** A board as a patient of a run wears it: with what a twin of the fleet is told, measures, and has in its battery. */
export function wearableOf({
  schedule,
  index,
  device,
  placement,
  samplesOf,
  pulsesOf,
}: Wearer): Pick<ModemBoardOptions, 'settings' | 'startMs' | 'samples' | 'pulses' | 'batteryMv'> {
  const { accelRange, gyroRange } = fleetTwinSettings(placement);
  const { slotMs } = schedule;
  const hasHub = pulsesOf(0) !== undefined;
  return {
    settings: { device, placement, accelRange, gyroRange, slotMs, hasHub },
    startMs: slotStartMs(schedule, index, 0),
    samples: samplesOfSlots(samplesOf, slotMs / TICK_MS),
    ...(hasHub ? { pulses: pulsesOfSlots((slot) => pulsesOf(slot)!, slotMs / TICK_MS) } : {}),
    // As the twin's: at the end of the slot that the tick is in.
    batteryMv: (at) => {
      const dueMs = slotStartMs(schedule, index, Math.floor((at * TICK_MS) / slotMs) + 1);
      return cellMv(schedule.seed, index, dueMs - schedule.startMs);
    },
  };
}
