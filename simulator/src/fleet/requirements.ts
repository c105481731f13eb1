import type { FleetEnvironment } from './environment.ts';
import type { FleetRequest } from './fleet-plan.ts';

/**
 * What a run costs, per unit. Measured with a worker process against a bare socket.io server on two shared
 * x64 cores, Node 20: 10,000 devices at 10,000 readings/s (lean), 2000 at 4000 readings/s (official).
 */
export const FLEET_COSTS = {
  /** Descriptors that a process has open besides its connections: 20 were measured; libraries may load more. */
  descriptorsBeside: 100,
  /** Resident memory of a worker with 50 devices. */
  workerBytes: 150e6,
  /** A device with twin, connection and ledger; the system's socket buffers not counted. */
  deviceBytes: { lean: 11e3, official: 31e3 },
  viewerBytes: 100e3,
  /** CPU of the worker per reading, kernel included; 6 of it are the device itself, the rest is transport. */
  readingCpuUs: { lean: 35, official: 78 },
  /** Boards that run real firmware, with modem and transport, in real time on one core: 185 to 277 beside much other work. */
  boardsPerCore: 200,
  /** CPU of the worker per connection that is made. */
  connectCpuUs: { lean: 250, official: 950 },
  /** A worker uses at most this share of a core, so that its timers stay on time. */
  coreShareMax: 0.7,
  /** Of the local ports, this share may be used: others need some, and closed ones rest for a minute. */
  portShareMax: 0.9,
} as const;

/** One thing that a run needs, beside what is there. */
export interface Requirement {
  what: string;
  needs: string;
  has: string;
  ok: boolean;
  /** What to do when it is not ok, or what to expect when it is ok but doubtful; empty otherwise. */
  hint: string;
}

export interface FleetRequirements {
  /** Every row is ok. A row about speed is never the reason: whether it was enough, the run itself says. */
  fits: boolean;
  rows: Requirement[];
  /** The least number of workers that fits, for the plan's numbers. */
  workersSuggested: number;
  /** Source addresses that give enough ports; empty: one is enough. Only for targets on this machine. */
  sourceAddressesSuggested: string[];
}

export type RequirementPlan = Pick<
  FleetRequest,
  | 'patients'
  | 'viewers'
  | 'workers'
  | 'canaries'
  | 'slotMs'
  | 'connectMs'
  | 'transport'
  | 'urls'
  | 'sourceAddresses'
>;

/** What a run needs beside what there is. Pure: the machine comes in as {@link FleetEnvironment}. */
export function fleetRequirements(plan: RequirementPlan, environment: FleetEnvironment): FleetRequirements {
  const rows = [
    descriptorRow(plan, environment),
    portRow(plan, environment),
    workerRow(plan, environment),
    memoryRow(plan, environment),
    cpuRow(plan, environment),
  ];
  return {
    fits: rows.every(({ ok }) => ok),
    rows,
    workersSuggested: suggestedWorkers(plan, environment),
    sourceAddressesSuggested: suggestedAddresses(plan, environment),
  };
}

function descriptorRow(plan: RequirementPlan, environment: FleetEnvironment): Requirement {
  const { descriptorsPerProcess: has, descriptorsPerProcessMax: most } = environment;
  const needs =
    Math.max(Math.ceil(twins(plan) / Math.max(1, plan.workers)), canaries(plan), plan.viewers) +
    FLEET_COSTS.descriptorsBeside;
  const ok = has === null || has >= needs;
  const raised = most !== null && most >= needs ? ` or raise the limit: ulimit -n ${needs}` : '';
  return {
    what: 'file descriptors per process',
    needs: count(needs),
    has: has === null ? 'unknown' : count(has),
    ok,
    hint: ok ? '' : `use --workers ${suggestedWorkers(plan, environment)}${raised}`,
  };
}

function portRow(plan: RequirementPlan, environment: FleetEnvironment): Requirement {
  const { localPorts } = environment;
  // A port is used up per source address and target: each instance has its own.
  const needs = Math.ceil((plan.patients + plan.viewers) / plan.urls.length);
  const addresses = Math.max(1, plan.sourceAddresses?.length ?? 0);
  const usable = localPorts === null ? null : Math.floor(localPorts * FLEET_COSTS.portShareMax) * addresses;
  const ok = usable === null || usable >= needs;
  const suggested = suggestedAddresses(plan, environment);
  const remedy =
    suggested.length > 0
      ? `use --source-addresses ${suggested[0]}-${suggested.at(-1)}`
      : 'run the fleet on several machines';
  return {
    what: 'local ports per target',
    needs: count(needs),
    has:
      usable === null
        ? 'unknown'
        : `${count(usable)} on ${count(addresses)} source address${addresses === 1 ? '' : 'es'}`,
    ok,
    hint: ok ? '' : `${remedy}, or widen net.ipv4.ip_local_port_range`,
  };
}

function workerRow(plan: RequirementPlan, environment: FleetEnvironment): Requirement {
  const suggested = suggestedWorkers(plan, environment);
  const ok = plan.workers >= suggested;
  return {
    what: 'worker processes',
    needs: count(suggested),
    has: count(plan.workers),
    ok,
    hint: ok ? '' : `use --workers ${suggested}: one process cannot hold or play more devices`,
  };
}

function memoryRow(plan: RequirementPlan, environment: FleetEnvironment): Requirement {
  const { workerBytes, deviceBytes, viewerBytes } = FLEET_COSTS;
  const processes = plan.workers + (canaries(plan) > 0 ? 1 : 0) + (plan.viewers > 0 ? 1 : 0);
  const needs =
    processes * workerBytes + plan.patients * deviceBytes[plan.transport] + plan.viewers * viewerBytes;
  const ok = environment.memoryFreeBytes >= needs;
  return {
    what: 'memory of the fleet',
    needs: megabytes(needs),
    has: megabytes(environment.memoryFreeBytes),
    ok,
    hint: ok ? '' : 'play fewer patients, or use --transport lean',
  };
}

/** Information, never a refusal: the figure is expected, and a run that was starved says so itself. */
function cpuRow(plan: RequirementPlan, environment: FleetEnvironment): Requirement {
  const { cores } = environment;
  const enough = Math.max(steadyCores(plan), connectCores(plan)) <= cores;
  return {
    what: 'CPU of the fleet (expected)',
    needs: `${steadyCores(plan).toFixed(2)} cores, ${connectCores(plan).toFixed(2)} while connecting`,
    has: `${cores} cores, shared with whatever else runs here`,
    ok: true,
    hint: enough ? '' : 'more than there is: expect an invalid run; play fewer patients, or longer slots',
  };
}

function canaries(plan: RequirementPlan): number {
  return plan.canaries?.devices ?? 0;
}

function twins(plan: RequirementPlan): number {
  return plan.patients - canaries(plan);
}

function steadyCores(plan: RequirementPlan): number {
  return twinsCores(plan) + canaries(plan) / FLEET_COSTS.boardsPerCore;
}

function twinsCores(plan: RequirementPlan): number {
  const readingsPerSecond = (twins(plan) * 1000) / plan.slotMs;
  return (readingsPerSecond * FLEET_COSTS.readingCpuUs[plan.transport]) / 1e6;
}

function connectCores(plan: RequirementPlan): number {
  const connectsPerSecond = (plan.patients * 1000) / Math.max(1, plan.connectMs);
  return (connectsPerSecond * FLEET_COSTS.connectCpuUs[plan.transport]) / 1e6;
}

function suggestedWorkers(plan: RequirementPlan, environment: FleetEnvironment): number {
  const { descriptorsPerProcess } = environment;
  const connections =
    descriptorsPerProcess === null
      ? Number.POSITIVE_INFINITY
      : Math.max(1, descriptorsPerProcess - FLEET_COSTS.descriptorsBeside);
  const forDescriptors = Math.ceil(twins(plan) / connections);
  const forCpu = Math.ceil(twinsCores(plan) / FLEET_COSTS.coreShareMax);
  return Math.max(twins(plan) > 0 ? 1 : 0, forDescriptors, forCpu);
}

function suggestedAddresses(plan: RequirementPlan, environment: FleetEnvironment): string[] {
  const { localPorts, platform } = environment;
  // Only Linux answers on all of 127.0.0.0/8 without being told.
  if (localPorts === null || platform !== 'linux' || !plan.urls.every(isLocal)) return [];
  const perAddress = Math.max(1, Math.floor(localPorts * FLEET_COSTS.portShareMax));
  const wanted = Math.ceil((plan.patients + plan.viewers) / plan.urls.length / perAddress);
  if (wanted <= 1) return [];
  return Array.from({ length: Math.min(wanted, 254) }, (_, i) => `127.0.0.${i + 1}`);
}

function isLocal(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return host === 'localhost' || host.startsWith('127.');
}

function count(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString('en-US') : 'unlimited';
}

function megabytes(bytes: number): string {
  return `${count(Math.ceil(bytes / 1e6))} MB`;
}
