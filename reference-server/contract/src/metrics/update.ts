import type { Metric } from './metric.ts';

/** The update wave of the wearables. */
export const UPDATE_METRICS = {
  updateDevices: {
    name: 'gaitway_update_devices',
    kind: 'gauge',
    unit: 'count',
    help: 'Devices that the update wave has offered its version to, by what became of them.',
    labels: { fate: ['offered', 'confirmed', 'failed'] },
  },
} as const satisfies Record<string, Metric>;
