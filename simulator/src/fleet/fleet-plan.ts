import type { WindowSettings } from '@gaitway/contract';
import type { BackoffPolicy } from './backoff.ts';
import { type FleetPhases, type PhaseLengths, phasesOf } from './phases.ts';
import type { Schedule } from './schedule.ts';

/** Everything that decides what a fleet does. Plain data: it goes to worker processes as it is. */
export interface FleetPlan extends PhaseLengths {
  runId: string;
  seed: number;
  patients: number;
  slotMs: number;
  /** How the target cuts windows: the ledger cuts the same way. */
  window: WindowSettings;
  /** Addresses of the server's instances. */
  urls: readonly string[];
  /** Source addresses to spread connections over; none: the system chooses. */
  localAddresses?: readonly string[];
  transport: 'lean' | 'official';
  workers: number;
  tokenSecret: string;
  /** Start of the first slots, ms since the epoch. Devices connect before it. */
  startMs: number;
  viewers: number;
  /** Folder in which the workers write the run's ledger. */
  ledgerFolder: string;
  /** The tightest latency that an SLO of this run names: generator validity is relative to it. */
  tightestLatencySloMs: number;
  backoff?: BackoffPolicy;
}

/** A plan of which the moment of its start may still be open: it is then as soon as everything is ready. */
export type FleetRequest = Omit<FleetPlan, 'startMs'> & { startMs?: number };

/** What processes that are loaded need until their devices are made: the pool of readings, and 50 us a device. */
const PREPARE_MS = 500;
const DEVICE_MS = 0.05;

/** The earliest `startMs` for which the whole connect phase still lies ahead, when the processes are loaded. */
export function earliestStartMs(
  nowMs: number,
  plan: Pick<FleetPlan, 'patients' | 'workers' | 'connectMs'>,
): number {
  return Math.ceil(nowMs + PREPARE_MS + (DEVICE_MS * plan.patients) / plan.workers + plan.connectMs);
}

export function planPhases(plan: FleetPlan): FleetPhases {
  return phasesOf(plan.startMs, plan);
}

export function planSchedule(plan: FleetPlan): Schedule {
  const { seed, patients, startMs, slotMs, connectMs } = plan;
  return { seed, devices: patients, startMs, slotMs, connectMs };
}

/** How long a token of this run must be good for: the run, and an hour for clocks and reconnects. */
export function tokenSeconds(plan: FleetPlan): number {
  return Math.ceil((plan.connectMs + plan.warmUpMs + plan.measureMs + plan.drainMs) / 1000) + 3600;
}

const BOOT_MS = 60_000;

/**
 * The boot number with which devices begin: it counts minutes, so that a later run against the same server
 * is a later boot of its devices, and no reading of one run has the identity of another's.
 */
export function bootOf(plan: Pick<FleetPlan, 'startMs'>): number {
  return Math.floor(plan.startMs / BOOT_MS) % 0x10000;
}
