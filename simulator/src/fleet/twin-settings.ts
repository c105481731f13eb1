import { Placement } from '@gaitway/contract';
import type { ProgramVersion, TwinSettings } from '@gaitway/firmware';
import { RANGES_DEFAULT } from '../patients/readings.ts';

/** A device of a fleet: firmware 1.0.0, on the wrist, in the ranges that the readings are made for. */
export const FLEET_TWIN_SETTINGS: Readonly<TwinSettings> = {
  firmware: 0x1000,
  placement: Placement.wrist,
  ...RANGES_DEFAULT,
};

const AT_SHANK: Readonly<TwinSettings> = { ...FLEET_TWIN_SETTINGS, placement: Placement.shank };

/** The same for all devices that sit at one place. */
export function fleetTwinSettings(placement: Placement): Readonly<TwinSettings> {
  return placement === Placement.shank ? AT_SHANK : FLEET_TWIN_SETTINGS;
}

/** The program that devices of a fleet begin with. It was never written from an image, and has no hash. */
export const FLEET_PROGRAM: Readonly<ProgramVersion> = { firmware: FLEET_TWIN_SETTINGS.firmware, hash: 0 };
