import { LATENCY_SECONDS, type Metric } from './metric.ts';

/** Requests of the HTTP API. */
export const API_METRICS = {
  httpRequests: {
    name: 'gaitway_http_requests_total',
    kind: 'counter',
    unit: 'count',
    help: 'HTTP requests, by class of the answer.',
    labels: { status: ['2xx', '3xx', '4xx', '5xx'] },
  },
  httpDuration: {
    name: 'gaitway_http_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    help: 'Time of one HTTP request.',
    buckets: LATENCY_SECONDS,
  },
  httpRateLimited: {
    name: 'gaitway_http_rate_limited_total',
    kind: 'counter',
    unit: 'count',
    help: 'HTTP requests that were refused because whoever asked has asked too often.',
  },
} as const satisfies Record<string, Metric>;
