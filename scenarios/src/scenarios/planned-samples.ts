import type { SloMetricKey } from '@gaitway/contract';
import { sloText } from '@gaitway/contract';
import { PROCESSOR_SETTINGS_DEFAULT, SERVER_SETTINGS_DEFAULT } from '@gaitway/reference-server';
import { watchedLeast } from '@gaitway/simulator';
import type { Scenario } from './scenario.ts';

/** Windows close in steps of a quarter of a second. */
const CLOSING_STEP_MS = 250;
/** What a slow or busy machine may add until a window is closed: it decides what is promised, not what is measured. */
const SLOW_MACHINE_MS = 2000;

/** Complete windows of a patient that come to their end in the run at the least, and so are audited. */
export function windowsPerPatient({ window, phases }: Scenario): number {
  return windowsWithEnd(window, 0, phases.warmUpMs + phases.measureMs);
}

/**
 * Complete windows of a patient that close within the measure phase, whatever the patient's phases and the
 * seed. A window closes, in event time, after the lateness that the server allows; a reading comes at the end
 * of its slot, and where no other comes the processor waits out a slot and its grace.
 */
export function windowsClosedInMeasure({ window, phases, slotMs }: Scenario): number {
  const { allowedLatenessMs } = SERVER_SETTINGS_DEFAULT;
  const { idleGraceMs } = PROCESSOR_SETTINGS_DEFAULT;
  const longestMs = allowedLatenessMs + slotMs + idleGraceMs + CLOSING_STEP_MS + SLOW_MACHINE_MS;
  return windowsWithEnd(
    window,
    phases.warmUpMs - allowedLatenessMs,
    phases.warmUpMs + phases.measureMs - longestMs,
  );
}

/** Complete windows that end in [fromMs, toMs] (ms after the first slots began), for the phase with the fewest. */
function windowsWithEnd(window: Scenario['window'], fromMs: number, toMs: number): number {
  const { windowMs, windowPhaseSpreadMs, origin } = window;
  // With the origin at the epoch the first whole window may begin at any moment of a window's length.
  const spreadMs = origin === 'run-start' ? windowPhaseSpreadMs : windowMs;
  const endsFor = (phaseMs: number) => {
    const first = Math.max(1, Math.ceil((fromMs - phaseMs) / windowMs));
    return Math.max(0, Math.floor((toMs - phaseMs) / windowMs) - first + 1);
  };
  // The number changes only where a window crosses one of the two limits: just before and just after each is enough.
  const limits = [fromMs, toMs].map((limitMs) => ((limitMs % windowMs) + windowMs) % windowMs);
  const phases = [0, spreadMs - 1, ...limits.flatMap((ms) => [ms - 1, ms, ms + 1])];
  return Math.min(...phases.map((ms) => endsFor(Math.min(Math.max(0, ms), Math.max(0, spreadMs - 1)))));
}

/** Samples that a run of this scenario gives at the least, with any seed; `undefined`: not known beforehand. */
export function samplesLeast(scenario: Scenario, metric: SloMetricKey): number | undefined {
  const { patients, viewers, phases, slotMs } = scenario;
  const slots = Math.floor(phases.measureMs / slotMs);
  switch (metric) {
    case 'ack_latency':
    case 'readings_made':
    case 'readings_sent':
    case 'readings_not_sent_on_time':
    case 'readings_unacknowledged':
      return patients * slots;
    case 'viewer_freshness_reading':
      return watchedLeast(viewers, patients).pairs * slots;
    case 'viewer_freshness_window':
      return watchedLeast(viewers, patients).pairs * windowsClosedInMeasure(scenario);
    case 'audit':
      return patients * windowsPerPatient(scenario);
    case 'devices_connected':
      return patients;
    case 'grade_coverage':
    case 'grade_foreign_scores':
    case 'grade_sensitivity':
    case 'grade_specificity':
    case 'grade_event_sensitivity':
    case 'grade_fall_false_alarms':
    case 'grade_auroc':
    case 'grade_calibration_error':
    case 'grade_alert_delay':
      // How many slots can be answered, and of how many something is true, depends on who the patients are.
      return undefined;
    case 'server_ended':
    case 'generator_valid':
      return 1;
  }
}

/** The SLOs that this scenario may give too few samples for, one sentence each: such a run holds by luck, if at all. */
export function sampleShortfalls(scenario: Scenario): string[] {
  return scenario.slos.flatMap((slo) => {
    const least = samplesLeast(scenario, slo.metric);
    if (least === undefined || least >= slo.leastSamples) return [];
    return [`${sloText(slo)} needs ${slo.leastSamples} samples, and this run is sure of ${least} only.`];
  });
}
