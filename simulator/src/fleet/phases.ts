/** A run's phases, as moments in ms since the epoch. Readings are told apart by when they are due. */
export interface FleetPhases {
  /** Devices begin to connect. */
  connectMs: number;
  /** First slots begin: warm-up. */
  startMs: number;
  measureFromMs: number;
  /** No reading is due from here on: drain. */
  measureToMs: number;
  /** Drain ends here at the latest. */
  drainToMs: number;
}

export const FLEET_PHASES = ['connect', 'warm-up', 'measure', 'drain', 'finished'] as const;
export type FleetPhase = (typeof FLEET_PHASES)[number];

export interface PhaseLengths {
  connectMs: number;
  warmUpMs: number;
  measureMs: number;
  drainMs: number;
}

export function phasesOf(startMs: number, lengths: PhaseLengths): FleetPhases {
  const measureFromMs = startMs + lengths.warmUpMs;
  const measureToMs = measureFromMs + lengths.measureMs;
  return {
    connectMs: startMs - lengths.connectMs,
    startMs,
    measureFromMs,
    measureToMs,
    drainToMs: measureToMs + lengths.drainMs,
  };
}

export function phaseAt(phases: FleetPhases, atMs: number): FleetPhase {
  if (atMs < phases.startMs) return 'connect';
  if (atMs < phases.measureFromMs) return 'warm-up';
  if (atMs < phases.measureToMs) return 'measure';
  return 'drain';
}

/** The phases of a run that goes to drain at once: what is due later is never made. */
export function cutShort(phases: FleetPhases, nowMs: number): FleetPhases {
  const toMs = Math.min(phases.measureToMs, nowMs);
  return {
    ...phases,
    measureToMs: toMs,
    drainToMs: Math.min(phases.drainToMs, toMs + phases.drainToMs - phases.measureToMs),
  };
}
