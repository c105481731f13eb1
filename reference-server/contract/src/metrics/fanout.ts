import type { Metric } from './metric.ts';

/** What viewers are told. */
export const FANOUT_METRICS = {
  updatesPublished: {
    name: 'gaitway_updates_published_total',
    kind: 'counter',
    unit: 'count',
    help: 'Updates handed to the fan-out, by kind.',
    labels: { kind: ['reading', 'window', 'assessment', 'alert', 'insight'] },
  },
  viewersSlow: {
    name: 'gaitway_viewers_slow_total',
    kind: 'counter',
    unit: 'count',
    help: 'Times that a viewer fell behind and was dropped to latest values.',
  },
  viewerUpdatesDropped: {
    name: 'gaitway_viewer_updates_dropped_total',
    kind: 'counter',
    unit: 'count',
    help: 'Updates that slow viewers did not get.',
  },
} as const satisfies Record<string, Metric>;
