import { hash32, uniform } from '@gaitway/contract';
import { reportedBatteryMv } from '@gaitway/firmware';

/** Streams of randomness of the fleet: one number each, so that no two draws share an argument list. */
export const FLEET_STREAM = {
  phase: 0x70686173,
  backoff: 0x6261636b,
  battery: 0x62617474,
  link: 0x6c696e6b,
} as const;

export interface Schedule {
  seed: number;
  /** Devices of the whole run. */
  devices: number;
  /** Start of the first slots of devices with phase 0, ms since the epoch. */
  startMs: number;
  slotMs: number;
  /** Devices connect one after the other over this many ms before `startMs`. */
  connectMs: number;
}

/**
 * A device's arrival phase in whole ms, within one slot, by hash of (seed, device): the fleet's readings come
 * spread over the slot, never in one burst, and a device's phase does not depend on who else is there.
 */
export function phaseMs(schedule: Schedule, device: number): number {
  return hash32(schedule.seed, FLEET_STREAM.phase, device) % Math.max(1, Math.floor(schedule.slotMs));
}

/** Start of slot `slot` (from 0) of a device, ms since the epoch, as long as no `rate` command changed the slot. */
export function slotStartMs(schedule: Schedule, device: number, slot: number): number {
  return schedule.startMs + phaseMs(schedule, device) + slot * schedule.slotMs;
}

/** When the reading of a slot is due: at the slot's end. */
export function slotDueMs(schedule: Schedule, device: number, slot: number): number {
  return slotStartMs(schedule, device, slot) + schedule.slotMs;
}

/** When a device first connects: even over the connect phase, in order of index. */
export function connectAtMs(schedule: Schedule, device: number): number {
  return (
    schedule.startMs -
    schedule.connectMs +
    Math.floor(((device + 0.5) * schedule.connectMs) / schedule.devices)
  );
}

const BATTERY_FULL_MV = 4150;
const BATTERY_SPREAD_MV = 250;
/** A lithium cell's way from full to cut-off in a week of wear. */
const BATTERY_DROP_MV_PER_HOUR = 4;

/** A cell's voltage after `elapsedMs` of the run; how full it was at the start follows from (seed, device). */
export function cellMv(seed: number, device: number, elapsedMs: number): number {
  const fullMv = BATTERY_FULL_MV - BATTERY_SPREAD_MV * uniform(seed, FLEET_STREAM.battery, device);
  return Math.max(3300, Math.round(fullMv - (BATTERY_DROP_MV_PER_HOUR * elapsedMs) / 3_600_000));
}

/** What the device tells of that cell: its converter has steps. */
export function batteryMv(seed: number, device: number, elapsedMs: number): number {
  return reportedBatteryMv(cellMv(seed, device, elapsedMs));
}

/** How many readings of the whole run are due in [fromMs, toMs), as the schedule has them. */
export function plannedReadings(schedule: Schedule, fromMs: number, toMs: number): number {
  let planned = 0;
  for (let device = 0; device < schedule.devices; device++) {
    const firstDueMs = slotDueMs(schedule, device, 0);
    const before = (untilMs: number) => Math.max(0, Math.ceil((untilMs - firstDueMs) / schedule.slotMs));
    planned += Math.max(0, before(toMs) - before(fromMs));
  }
  return planned;
}
