import type { Slo, SloMetricKey } from '@gaitway/contract';
import type { LiveState } from '@gaitway/dashboards';
import { type Scenario, scenarioMsLeast } from '@gaitway/scenarios';
import type { FleetLive } from '@gaitway/simulator';
import { NOTHING_COUNTED, type PipelineCounts } from './pipeline-counts.ts';

const HISTORY_SECONDS = 120;

/** Puts together what the live view shows: the fleet's seconds as they come, and what the server counts. */
export class LiveStateOf {
  private readonly scenario: Scenario;
  private readonly seed: number;
  private readonly startedAtMs: number;
  private readonly pipeline: () => PipelineCounts;
  private readonly rates: number[] = [];
  private readonly p95s: (number | null)[] = [];
  private phase: LiveState['phase'] = 'connect';
  private phaseSinceMs: number;

  constructor(
    { scenario, seed, startedAtMs }: { scenario: Scenario; seed: number; startedAtMs: number },
    pipeline: () => PipelineCounts = () => NOTHING_COUNTED,
  ) {
    this.scenario = scenario;
    this.seed = seed;
    this.startedAtMs = startedAtMs;
    this.phaseSinceMs = startedAtMs;
    this.pipeline = pipeline;
  }

  /** One second of the fleet. */
  next(live: FleetLive): LiveState {
    const { scenario, seed } = this;
    const phase = live.phase === 'finished' ? 'drain' : live.phase;
    if (phase !== this.phase) {
      this.phase = phase;
      this.phaseSinceMs = live.atMs;
    }
    keep(this.rates, live.acknowledgedPerSecond);
    keep(this.p95s, live.ackP95Ms);
    const { all, rejected, retransmitted, connected } = live.counters;
    const { windows, alerts } = this.pipeline();
    return {
      scenario: scenario.name,
      patients: scenario.patients,
      seed,
      phase,
      phaseElapsedMs: live.atMs - this.phaseSinceMs,
      phaseMs: lengthsOf(scenario)[phase],
      elapsedMs: live.atMs - this.startedAtMs,
      runMs: scenarioMsLeast(scenario),
      devices: { connected, planned: scenario.patients },
      viewers: { connected: live.viewers?.connected ?? 0, planned: scenario.viewers },
      readingsPerSecond: {
        now: live.acknowledgedPerSecond,
        planned: (scenario.patients * 1000) / scenario.slotMs,
        history: [...this.rates],
      },
      waiting: {
        unacknowledged: Math.max(0, all.due - all.acknowledged - all.dropped - all.refused),
        rejected: Object.values(rejected).reduce((sum, count) => sum + count, 0),
        retransmitted,
      },
      ack: { ...live.soFar.ack, p95History: [...this.p95s] },
      limits: {
        ackP95Ms: limitOf(scenario.slos, 'ack_latency', 95),
        ackP99Ms: limitOf(scenario.slos, 'ack_latency', 99),
        readingP95Ms: limitOf(scenario.slos, 'viewer_freshness_reading', 95),
        windowP95Ms: limitOf(scenario.slos, 'viewer_freshness_window', 95),
      },
      freshness: { reading: live.soFar.reading, window: live.soFar.window },
      windows,
      alerts,
      generator: {
        reasons: live.reasons,
        sendLagP99Ms: live.sendLagP99Ms,
        eventLoopDelayMsMax: live.eventLoopDelayMaxMs,
        notSentOnTime: all.notSentOnTime,
      },
    };
  }
}

function keep<Value>(history: Value[], value: Value): void {
  history.push(value);
  if (history.length > HISTORY_SECONDS) history.shift();
}

function lengthsOf({ phases }: Scenario): Record<LiveState['phase'], number> {
  return {
    connect: phases.connectMs,
    'warm-up': phases.warmUpMs,
    measure: phases.measureMs,
    drain: phases.drainMs,
    audit: 0,
  };
}

/** The limit that an SLO puts on a percentile; `null`: none does. */
function limitOf(slos: readonly Slo[], metric: SloMetricKey, percentile: number): number | null {
  const slo = slos.find(
    (each) =>
      each.metric === metric &&
      each.statistic.name === 'p' &&
      each.statistic.percentile === percentile &&
      each.operator.startsWith('<'),
  );
  return slo?.limit ?? null;
}
