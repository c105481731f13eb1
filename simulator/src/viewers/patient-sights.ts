import { windowPhaseMs, windowStartMs } from '@gaitway/contract';
import type { FleetPlan } from '../fleet/fleet-plan.ts';
import { planSchedule } from '../fleet/fleet-plan.ts';
import { slotStartMs } from '../fleet/schedule.ts';

/**
 * What there is to see of a patient, as the run's schedule has it, whatever a server says. All moments in ms
 * since the epoch. Slots and windows are numbered from 0: the first slot, and the window that it begins in.
 */
export interface PatientSights {
  firstSlotMs: number;
  slotMs: number;
  firstWindowMs: number;
  windowMs: number;
}

/** What there is to see of the `index`-th patient of a run. */
export function patientSightsOf(plan: FleetPlan, index: number, patient: string): PatientSights {
  const { slotMs, window } = plan;
  const firstSlotMs = slotStartMs(planSchedule(plan), index, 0);
  const firstWindowMs = windowStartMs(firstSlotMs, windowPhaseMs(patient, window), window);
  return { firstSlotMs, slotMs, firstWindowMs, windowMs: window.windowMs };
}

/** When the reading of a slot is due. */
export function dueMs({ firstSlotMs, slotMs }: PatientSights, slot: number): number {
  return firstSlotMs + (slot + 1) * slotMs;
}

/** The newest slot whose reading is due before `beforeMs`; below 0: none is. */
export function newestSlotBefore(sights: PatientSights, beforeMs: number): number {
  return Math.ceil((beforeMs - dueMs(sights, 0)) / sights.slotMs) - 1;
}

/** The slot that starts next to this moment: a device whose clock is off by less than half a slot is understood. */
export function slotAt({ firstSlotMs, slotMs }: PatientSights, startMs: number): number {
  return Math.round((startMs - firstSlotMs) / slotMs);
}

/** The end of a window. */
export function windowEndMs({ firstWindowMs, windowMs }: PatientSights, window: number): number {
  return firstWindowMs + (window + 1) * windowMs;
}

/** The window that starts next to this moment. */
export function windowAt({ firstWindowMs, windowMs }: PatientSights, startMs: number): number {
  return Math.round((startMs - firstWindowMs) / windowMs);
}

/** Whether a slot starts in the window: with slots longer than windows some have none, and nobody waits for those. */
export function holdsReading(sights: PatientSights, window: number): boolean {
  const { firstSlotMs, slotMs, windowMs } = sights;
  const endMs = windowEndMs(sights, window);
  const slot = Math.max(0, Math.ceil((endMs - windowMs - firstSlotMs) / slotMs));
  return firstSlotMs + slot * slotMs < endMs;
}
