import { EXIT_CODE } from '@gaitway/contract';
import type { RequirementRow } from '@gaitway/dashboards';
import {
  FLEET_COSTS,
  type FleetEnvironment,
  fleetRequirements,
  type Requirement,
  type RequirementPlan,
} from '@gaitway/simulator';
import { Fault } from '../fault.ts';

export interface RunRequirements {
  fits: boolean;
  rows: Requirement[];
}

type Wanted = Omit<RequirementPlan, 'workers' | 'urls'> & { targets: readonly string[] };

/** A server of the run's own is on this machine, whatever its port will be. */
const OWN_URL = 'http://127.0.0.1:0';

/** As many workers as the population needs on this machine. */
export function workersFor(wanted: Wanted, environment: FleetEnvironment): number {
  return fleetRequirements(planOf(wanted, 1), environment).workersSuggested;
}

/** What a run needs beside what there is; with a server of its own also what that needs. */
export function runRequirements(
  wanted: Wanted & { workers: number },
  environment: FleetEnvironment,
): RunRequirements {
  const { fits, rows } = fleetRequirements(planOf(wanted, wanted.workers), environment);
  if (wanted.targets.length > 0) return { fits, rows };
  const server = serverRow(wanted, environment);
  return { fits: fits && server.ok, rows: [...rows, server] };
}

function planOf({ targets, ...wanted }: Wanted, workers: number): RequirementPlan {
  return { ...wanted, workers, urls: targets.length > 0 ? targets : [OWN_URL] };
}

/** The server of the run holds one end of every connection. */
function serverRow({ patients, viewers }: Wanted, environment: FleetEnvironment): Requirement {
  const needs = patients + viewers + FLEET_COSTS.descriptorsBeside;
  const { descriptorsPerProcess: has, descriptorsPerProcessMax: most } = environment;
  const ok = has === null || has >= needs;
  const remedy =
    most !== null && most >= needs
      ? `raise the limit: ulimit -n ${needs}`
      : 'play fewer patients, or start several instances and name them with --target';
  return {
    what: 'file descriptors of the server',
    needs: needs.toLocaleString('en-US'),
    has: has === null ? 'unknown' : Number.isFinite(has) ? has.toLocaleString('en-US') : 'unlimited',
    ok,
    hint: ok ? '' : remedy,
  };
}

export function requirementRows(rows: readonly Requirement[]): RequirementRow[] {
  return rows.map(({ what, needs, has, ok, hint }) => ({
    what,
    needed: needs,
    there: has,
    fits: !ok ? 'no' : has === 'unknown' || hint ? 'doubtful' : 'yes',
    ...(hint === '' ? {} : { hint }),
  }));
}

/** Throws the {@link Fault} of a run that does not fit on this machine. */
export function insistOnFit({ fits, rows }: RunRequirements): void {
  if (fits) return;
  const short = rows.filter(({ ok }) => !ok);
  throw new Fault(
    'does_not_fit',
    `the run does not fit on this machine: ${short.map(({ what, needs, has }) => `${what}: it needs ${needs}, there is ${has}`).join('; ')}`,
    `${short.map(({ hint }) => hint).join('; ')}.`,
    EXIT_CODE.badInput,
  );
}
