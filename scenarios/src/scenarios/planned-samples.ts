import type { SloMetricKey } from '@gaitway/contract';
import { sloText } from '@gaitway/contract';
import type { Scenario } from './scenario.ts';

/** Viewers times the patients that each of them watches. */
export function watchedPairs({ viewers, watchedPatientsPerViewer, patients }: Scenario): number {
  return viewers * Math.min(watchedPatientsPerViewer, patients);
}

/** Complete windows of a patient that come to their end in the run at the least. */
export function windowsPerPatient({ window, phases }: Scenario): number {
  // The first window may begin a whole phase late, or (origin at the epoch) be a window that was cut.
  const lostMs = window.origin === 'run-start' ? window.windowPhaseSpreadMs : window.windowMs;
  const slotsMs = phases.warmUpMs + phases.measureMs;
  return Math.max(0, Math.floor((slotsMs - lostMs) / window.windowMs));
}

/** Samples that a run of this scenario will give at the most; `undefined`: not known beforehand. */
export function plannedSamples(scenario: Scenario, metric: SloMetricKey): number | undefined {
  const slots = Math.floor(scenario.phases.measureMs / scenario.slotMs);
  switch (metric) {
    case 'ack_latency':
    case 'readings_sent':
    case 'readings_not_sent_on_time':
    case 'readings_unacknowledged':
      return scenario.patients * slots;
    case 'viewer_freshness_reading':
      return watchedPairs(scenario) * slots;
    case 'viewer_freshness_window':
      return watchedPairs(scenario) * windowsPerPatient(scenario);
    case 'audit':
      return scenario.patients * windowsPerPatient(scenario);
    case 'devices_connected':
      return scenario.patients;
    case 'generator_valid':
      return 1;
  }
}

/** The SLOs that this scenario cannot give enough samples for, one sentence each: such a run cannot hold. */
export function sampleShortfalls(scenario: Scenario): string[] {
  return scenario.slos.flatMap((slo) => {
    const planned = plannedSamples(scenario, slo.metric);
    if (planned === undefined || planned >= slo.leastSamples) return [];
    return [`${sloText(slo)} needs ${slo.leastSamples} samples, and this run gives ${planned} at the most.`];
  });
}
