import { parseThresholds, type Slo } from '@gaitway/contract';

export interface ScenarioPhases {
  /** Devices connect spread evenly over this time; the first slots begin at its end. */
  connectMs: number;
  /** Readings due in this time are sent and audited, and do not count in latency and freshness. */
  warmUpMs: number;
  measureMs: number;
  /** The longest that the fleet waits for acknowledgements when it makes no new readings. */
  drainMs: number;
}

export interface ScenarioWindow {
  windowMs: number;
  /** `run-start`: a window begins with the first slots, so that a short run closes complete ones. */
  origin: 'run-start' | 'epoch';
  /** Patients' windows are spread over this time. */
  windowPhaseSpreadMs: number;
}

/** A load profile, a population and what must be true of it. */
export interface Scenario {
  name: string;
  /** One sentence. */
  says: string;
  patients: number;
  /** Whom each of them watches follows from the seed: the simulator's `viewerAt`. */
  viewers: number;
  /** Each device reports one reading a slot. */
  slotMs: number;
  window: ScenarioWindow;
  phases: ScenarioPhases;
  slos: Slo[];
}

/** What a command line may change of a scenario. */
export interface ScenarioChange {
  patients?: number;
  viewers?: number;
  measureMs?: number;
  slotMs?: number;
}

/** The scenario with these changes. Its SLOs stay as they are: fewer samples than they ask for is an invalid run. */
export function changeScenario(scenario: Scenario, change: ScenarioChange): Scenario {
  return {
    ...scenario,
    patients: change.patients ?? scenario.patients,
    viewers: change.viewers ?? scenario.viewers,
    slotMs: change.slotMs ?? scenario.slotMs,
    phases: { ...scenario.phases, measureMs: change.measureMs ?? scenario.phases.measureMs },
  };
}

/** The scenario as it is played against servers that are there already: how those end is not the run's to see. */
export function againstTarget(scenario: Scenario): Scenario {
  return { ...scenario, slos: scenario.slos.filter(({ metric }) => metric !== 'server_ended') };
}

/** How long the run takes when the drain has nothing to wait for, ms. */
export function scenarioMsLeast({ phases }: Pick<Scenario, 'phases'>): number {
  return phases.connectMs + phases.warmUpMs + phases.measureMs;
}

/** A scenario's own thresholds; one that cannot be read is our bug. */
export function slosOf(thresholds: Parameters<typeof parseThresholds>[0]): Slo[] {
  const { slos, problems } = parseThresholds(thresholds);
  const [first] = problems;
  if (first !== undefined)
    throw new Error(`${first.path} column ${first.column}: ${first.says}; ${first.hint}`);
  return slos;
}
