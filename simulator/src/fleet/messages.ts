import type { ProcessSample, StageCpu } from '@gaitway/reference-server';
import type { CanariesEnd } from '../canaries/canary-counts.ts';
import type { ViewersEnd, ViewersSnapshot } from '../viewers/viewers.ts';
import type { FleetEnd, FleetSnapshot } from './fleet.ts';
import type { FleetPlan } from './fleet-plan.ts';

/** From the coordinator to a process that it forked. One switch handles them. */
export type ToProcess =
  | { kind: 'play'; plan: FleetPlan; worker: number }
  /** No new readings: go to drain at once. */
  | { kind: 'interrupt' }
  /** To a worker: end now, without a drain. */
  | { kind: 'end' }
  /** To viewers: leave when what is on its way has come. The measure phase ended at `measureToMs`, maybe early. */
  | { kind: 'leave'; measureToMs: number };

/** What a process says of itself once a second. */
export interface ProcessReport {
  process: ProcessSample;
  /** How far the wall clock has moved against the monotonic clock since the process began. */
  clockDriftMs: number;
}

/** From a process to the coordinator. */
export type FromProcess =
  /** Its modules are loaded: it can play. */
  | { kind: 'ready' }
  | { kind: 'fleet'; snapshot: FleetSnapshot; report: ProcessReport }
  | { kind: 'viewers'; snapshot: ViewersSnapshot; report: ProcessReport }
  | { kind: 'fleetEnd'; end: FleetEnd; stages: StageCpu[]; canaries?: CanariesEnd }
  /** Something that makes the run invalid, in a sentence; the process goes on. */
  | { kind: 'found'; says: string }
  | { kind: 'viewersEnd'; end: ViewersEnd }
  | { kind: 'failed'; says: string };

export const REPORT_EVERY_MS = 1000;
