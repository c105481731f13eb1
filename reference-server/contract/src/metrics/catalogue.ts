import { ALERT_METRICS } from './alert.ts';
import { API_METRICS } from './api.ts';
import { ARCHIVE_METRICS } from './archive.ts';
import { CACHE_METRICS } from './cache.ts';
import { FANOUT_METRICS } from './fanout.ts';
import { GATEWAY_METRICS } from './gateway.ts';
import { INGEST_METRICS } from './ingest.ts';
import { INSIGHT_METRICS } from './insight.ts';
import type { Metric } from './metric.ts';
import { MODEL_METRICS } from './model.ts';
import { PROCESS_METRICS } from './process.ts';
import { READING_LOG_METRICS } from './reading-log.ts';
import { UPDATE_METRICS } from './update.ts';
import { WINDOW_METRICS } from './window.ts';

export type { Metric, MetricKind, MetricUnit } from './metric.ts';

/**
 * Every metric there is, once: name, kind, unit, help and bounded labels. Servers export from it, SLOs and
 * panels refer to it by key, `docs/metrics.md` is made from it. Names follow the Prometheus conventions
 * (base units: seconds, bytes; counters end in `_total`). A stage of the pipeline is a file beside this one; their
 * order is that of the document.
 */
export const METRICS = {
  ...GATEWAY_METRICS,
  ...INGEST_METRICS,
  ...READING_LOG_METRICS,
  ...WINDOW_METRICS,
  ...ARCHIVE_METRICS,
  ...ALERT_METRICS,
  ...MODEL_METRICS,
  ...FANOUT_METRICS,
  ...CACHE_METRICS,
  ...INSIGHT_METRICS,
  ...API_METRICS,
  ...UPDATE_METRICS,
  ...PROCESS_METRICS,
} as const satisfies Record<string, Metric>;

/** How metrics are named in code: by key, never by a string of their own. */
export type MetricKey = keyof typeof METRICS;
