import type { WindowSettings } from '@gaitway/contract';
import type { Cohort } from '../patients/cohort.ts';
import type { UpdateFaultShares } from '../update/update-faults.ts';
import type { BackoffPolicy } from './backoff.ts';
import { type FleetPhases, type PhaseLengths, phasesOf } from './phases.ts';
import type { Schedule } from './schedule.ts';
import type { Share } from './share.ts';

/** Everything that decides what a fleet does. Plain data: it goes to worker processes as it is. */
export interface FleetPlan extends PhaseLengths {
  runId: string;
  seed: number;
  patients: number;
  /** Who they are; left out: `COHORT_DEFAULT`. */
  cohort?: Cohort;
  slotMs: number;
  /** How the target cuts windows: the ledger cuts the same way. */
  window: WindowSettings;
  /** Addresses of the server's instances. */
  urls: readonly string[];
  /** Source addresses to spread the devices over; none: the system chooses. */
  sourceAddresses?: readonly string[];
  transport: 'lean' | 'official';
  workers: number;
  /** The last `devices` patients of the population wear a board that runs real firmware; left out: none. */
  canaries?: CanaryPlan;
  tokenSecret: string;
  /** Start of the first slots, ms since the epoch. Devices connect before it. */
  startMs: number;
  viewers: number;
  /** Folder in which the workers write the run's ledger. */
  ledgerFolder: string;
  /** The tightest latency that an SLO of this run names: generator validity is relative to it. */
  tightestLatencySloMs: number;
  backoff?: BackoffPolicy;
  /** Whose updates fail, should the server offer one; left out: nobody's. */
  updateFaults?: UpdateFaultShares;
}

export interface CanaryPlan {
  devices: number;
  /** Program in Intel HEX; left out: the one that belongs to this version. */
  hexFile?: string;
}

/** A plan of which the moment of its start may still be open: it is then as soon as everything is ready. */
export type FleetRequest = Omit<FleetPlan, 'startMs'> & { startMs?: number };

/** What processes that are loaded need until their devices are made: the pool of readings, and 50 us a device. */
const PREPARE_MS = 500;
const DEVICE_MS = 0.05;
/** Until the program of the canaries is translated and warm, and then until one more board is at its first tick. */
const CANARIES_MS = 4000;
const CANARY_MS = 10;

/** The earliest `startMs` for which the whole connect phase still lies ahead, when the processes are loaded. */
export function earliestStartMs(
  nowMs: number,
  plan: Pick<FleetPlan, 'patients' | 'workers' | 'connectMs' | 'canaries'>,
): number {
  const canaries = plan.canaries?.devices ?? 0;
  const twinsMs = plan.workers === 0 ? 0 : (DEVICE_MS * (plan.patients - canaries)) / plan.workers;
  const canariesMs = canaries === 0 ? 0 : CANARIES_MS + CANARY_MS * canaries;
  return Math.ceil(nowMs + PREPARE_MS + Math.max(twinsMs, canariesMs) + plan.connectMs);
}

export function planPhases(plan: FleetPlan): FleetPhases {
  return phasesOf(plan.startMs, plan);
}

export function planSchedule(plan: FleetPlan): Schedule {
  const { seed, patients, startMs, slotMs, connectMs } = plan;
  return { seed, devices: patients, startMs, slotMs, connectMs };
}

/** The schedule of the workers, who play the twins: everybody but the canaries, who are the last. */
export function twinSchedule(plan: FleetPlan): Schedule {
  return { ...planSchedule(plan), devices: plan.patients - (plan.canaries?.devices ?? 0) };
}

/** The devices that are canaries, as a share of the whole schedule. */
export function canaryShare(plan: FleetPlan): Share {
  return { worker: 0, workers: 1, from: plan.patients - (plan.canaries?.devices ?? 0) };
}

/** Processes that write a part of the ledger: the workers, and behind them the canaries' process. */
export function ledgerWorkers(plan: Pick<FleetPlan, 'workers' | 'canaries'>): number {
  return plan.workers + (plan.canaries === undefined ? 0 : 1);
}

/** How long a token of this run must be good for: the run, and an hour for clocks and reconnects. */
export function tokenSeconds(plan: FleetPlan): number {
  return Math.ceil((plan.connectMs + plan.warmUpMs + plan.measureMs + plan.drainMs) / 1000) + 3600;
}

/** The first reading of a run exists a slot after its start, and the next run needs `PREPARE_MS` and its connect phase. */
const BOOT_MS = 1000;

/**
 * The boot number with which devices begin: the second in which the run starts, in the 16 bits of the frame.
 * A device counts its starts in memory of its own; runs share no memory, whoever starts them and from whatever
 * folder, but they share the time. So runs that follow each other on one server have different boots, and no
 * reading of one has the identity of another's. A device that restarts during a run counts on from there, and
 * stays below the next run's number as long as it starts less than once a second.
 *
 * The numbers come round after 18.2 h. A server remembers one or two boots of a device: a run is mistaken for
 * another only if it begins in the very second of that cycle in which the remembered one began, and for an older
 * one only if it begins less than `RESTARTS_MAX` seconds before that (the server's `boot-order.ts`).
 */
export function bootOf(plan: Pick<FleetPlan, 'startMs'>): number {
  return Math.floor(plan.startMs / BOOT_MS) % 0x10000;
}
