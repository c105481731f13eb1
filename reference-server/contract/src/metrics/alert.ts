import type { Metric } from './metric.ts';

/** Alerts. */
export const ALERT_METRICS = {
  alertsRaised: {
    name: 'gaitway_alerts_raised_total',
    kind: 'counter',
    unit: 'count',
    help: 'Alerts that were raised, by severity.',
    labels: { severity: ['notice', 'warning', 'urgent'] },
  },
  alertsSettled: {
    name: 'gaitway_alerts_settled_total',
    kind: 'counter',
    unit: 'count',
    help: 'Provisional alerts that the readings afterwards confirmed or withdrew.',
    labels: { state: ['confirmed', 'withdrawn'] },
  },
} as const satisfies Record<string, Metric>;
