import { Placement } from '@gaitway/contract';
import type { TwinSettings } from '@gaitway/firmware';
import { RANGES_DEFAULT } from '../patients/readings.ts';

/** Every device of a fleet: firmware 1.0.0, on the wrist, in the ranges that the readings are made for. */
export const FLEET_TWIN_SETTINGS: Readonly<TwinSettings> = {
  firmware: 0x1000,
  placement: Placement.wrist,
  ...RANGES_DEFAULT,
};
