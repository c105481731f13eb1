import { CONDITIONS } from '../domain.ts';
import { FALL_BACKS, SENTENCE_FAULTS } from '../insight.ts';

/**
 * Every metric there is, once: name, kind, unit, help and bounded labels. Servers export from it, SLOs and
 * panels refer to it by key, `docs/metrics.md` is made from it. Names follow the Prometheus conventions
 * (base units: seconds, bytes; counters end in `_total`).
 */
export type MetricKind = 'counter' | 'gauge' | 'histogram';
export type MetricUnit = 'seconds' | 'bytes' | 'ratio' | 'count';

export interface Metric {
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  readonly help: string;
  /** Label name and every value that it may have. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
}

const LATENCY_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60] as const;

const FRAME_KINDS = ['features', 'rawChunk', 'event', 'boot'] as const;
const MODEL_ROLES = ['current', 'candidate'] as const;
const PLACEMENTS = ['wrist', 'shank', 'ankle', 'lumbar'] as const;
/** What models look at, of a slot; a test of the reference server holds the list to its own. */
const MODEL_FEATURES = [
  'gyroTremorToLocomotion',
  'gyroMovement',
  'accelToGyroLocomotion',
  'stepsOffCadence',
  'armSwing',
  'freezeIndex',
  'accelStillness',
  'accelLocomotion',
  'gyroTremor',
] as const;
/** `silent`: one of the two could not say. */
const COMPARISONS = ['both', 'neither', 'currentOnly', 'candidateOnly', 'silent'] as const;
const REJECTS = [
  'bad_message',
  'too_long',
  'truncated',
  'bad_version',
  'bad_kind',
  'bad_length',
  'bad_crc',
  'bad_sequence',
  'sequence_reused',
  'wrong_device',
  'future',
  'clock_not_synced',
  'rate_limited',
  'busy',
  'draining',
] as const;

export const METRICS = {
  devicesConnected: {
    name: 'gaitway_devices_connected',
    kind: 'gauge',
    unit: 'count',
    help: 'Device connections that are open on this instance.',
  },
  viewersConnected: {
    name: 'gaitway_viewers_connected',
    kind: 'gauge',
    unit: 'count',
    help: 'Viewer connections that are open on this instance.',
  },
  handshakesRefused: {
    name: 'gaitway_handshakes_refused_total',
    kind: 'counter',
    unit: 'count',
    help: 'Handshakes that were refused, by reason.',
    labels: {
      reason: [
        'token_missing',
        'token_malformed',
        'token_expired',
        'token_signature',
        'token_role',
        'token_claims',
        'draining',
        'full',
      ],
    },
  },
  sessionsExpired: {
    name: 'gaitway_sessions_expired_total',
    kind: 'counter',
    unit: 'count',
    help: 'Connections that were ended because their token had expired, by whose they were.',
    labels: { who: ['device', 'viewer'] },
  },
  watchesRefused: {
    name: 'gaitway_watches_refused_total',
    kind: 'counter',
    unit: 'count',
    help: 'Requests of viewers to watch that were refused, by reason.',
    labels: { reason: ['not_allowed', 'bad_request', 'unwatched', 'unavailable'] },
  },
  connectionsUnread: {
    name: 'gaitway_connections_unread_total',
    kind: 'counter',
    unit: 'count',
    help: 'Connections that were closed because too many packets waited for a peer that did not read them.',
  },
  framesReceived: {
    name: 'gaitway_frames_received_total',
    kind: 'counter',
    unit: 'count',
    help: 'Frames that arrived, good or bad.',
  },
  framesAccepted: {
    name: 'gaitway_frames_accepted_total',
    kind: 'counter',
    unit: 'count',
    help: 'Frames that were appended to the reading log, by kind.',
    labels: { kind: FRAME_KINDS },
  },
  framesRepeated: {
    name: 'gaitway_frames_repeated_total',
    kind: 'counter',
    unit: 'count',
    help: 'Frames that were durable already and were acknowledged again.',
  },
  framesRejected: {
    name: 'gaitway_frames_rejected_total',
    kind: 'counter',
    unit: 'count',
    help: 'Frames that were refused, by reason.',
    labels: { reason: REJECTS },
  },
  framesDeclaredDropped: {
    name: 'gaitway_frames_declared_dropped_total',
    kind: 'counter',
    unit: 'count',
    help: 'Frames that devices said they dropped before they were acknowledged.',
  },
  appendDuration: {
    name: 'gaitway_append_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    help: 'Time from the start of an append to the reading log until it was durable.',
    buckets: LATENCY_SECONDS,
  },
  appendBatchReadings: {
    name: 'gaitway_append_batch_readings',
    kind: 'histogram',
    unit: 'count',
    help: 'Readings in one append.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000],
  },
  appendQueueBytes: {
    name: 'gaitway_append_queue_bytes',
    kind: 'gauge',
    unit: 'bytes',
    help: 'Bytes of frames that wait for their append or its confirmation.',
  },
  appendFailures: {
    name: 'gaitway_append_failures_total',
    kind: 'counter',
    unit: 'count',
    help: 'Appends that failed; their devices were told busy.',
  },
  readingsFolded: {
    name: 'gaitway_readings_folded_total',
    kind: 'counter',
    unit: 'count',
    help: 'Readings that were folded into windows.',
  },
  readingsRepeated: {
    name: 'gaitway_readings_repeated_total',
    kind: 'counter',
    unit: 'count',
    help: 'Readings that a window held already.',
  },
  readingsLate: {
    name: 'gaitway_readings_late_total',
    kind: 'counter',
    unit: 'count',
    help: 'Readings that came after their window had closed and amended it.',
  },
  windowsOpen: {
    name: 'gaitway_windows_open',
    kind: 'gauge',
    unit: 'count',
    help: 'Windows that are open on this instance.',
  },
  windowsClosed: {
    name: 'gaitway_windows_closed_total',
    kind: 'counter',
    unit: 'count',
    help: 'Windows that were closed, by completeness.',
    labels: { complete: ['true', 'false'] },
  },
  processorLag: {
    name: 'gaitway_processor_lag_seconds',
    kind: 'gauge',
    unit: 'seconds',
    help: 'The oldest entry that the processor has not read yet is at most this old. It grows while the log or the archive does not answer.',
  },
  processorFailures: {
    name: 'gaitway_processor_failures_total',
    kind: 'counter',
    unit: 'count',
    help: 'What a processor asked its stores for and did not get, by step; it asks again.',
    labels: {
      step: ['owners', 'acquire', 'renew', 'release', 'begin', 'models', 'read', 'archive', 'commit', 'trim'],
    },
  },
  partitionsOwned: {
    name: 'gaitway_partitions_owned',
    kind: 'gauge',
    unit: 'count',
    help: 'Partitions whose lease this instance holds.',
  },
  leasesLost: {
    name: 'gaitway_leases_lost_total',
    kind: 'counter',
    unit: 'count',
    help: 'Leases that ran out or were taken over while held.',
  },
  archiveWrites: {
    name: 'gaitway_archive_writes_total',
    kind: 'counter',
    unit: 'count',
    help: 'Documents written to the archive, by kind.',
    labels: { kind: ['window', 'alert', 'patient', 'medication', 'reading', 'insight'] },
  },
  archiveFenced: {
    name: 'gaitway_archive_fenced_total',
    kind: 'counter',
    unit: 'count',
    help: 'Window writes that a higher epoch kept out.',
  },
  archiveDuration: {
    name: 'gaitway_archive_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    help: 'Time of one bulk write to the archive.',
    buckets: LATENCY_SECONDS,
  },
  archiveRetries: {
    name: 'gaitway_archive_retries_total',
    kind: 'counter',
    unit: 'count',
    help: 'Bulk writes that failed and were tried again.',
  },
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
  modelDrift: {
    name: 'gaitway_model_drift_ratio',
    kind: 'gauge',
    unit: 'ratio',
    help: 'Population stability index of a feature against the training of the model, over its last 2,000 slots: below 0.1 stable, above 0.25 act.',
    labels: { model: MODEL_ROLES, placement: PLACEMENTS, feature: MODEL_FEATURES },
  },
  modelSlotsCompared: {
    name: 'gaitway_model_slots_compared_total',
    kind: 'counter',
    unit: 'count',
    help: 'Slots that the candidate scored beside the current model, by condition and by who called them positive.',
    labels: { condition: CONDITIONS, positive: COMPARISONS },
  },
  modelWindowsCompared: {
    name: 'gaitway_model_windows_compared_total',
    kind: 'counter',
    unit: 'count',
    help: 'Windows that the candidate assessed beside the current model, by condition and by who called them positive.',
    labels: { condition: CONDITIONS, positive: COMPARISONS },
  },
  rollOutShare: {
    name: 'gaitway_model_roll_out_ratio',
    kind: 'gauge',
    unit: 'ratio',
    help: 'Share of the patients of whom the candidate speaks, now.',
  },
  rollOutsStopped: {
    name: 'gaitway_model_roll_outs_stopped_total',
    kind: 'counter',
    unit: 'count',
    help: 'Roll-outs that this instance stopped and took back, by the figure that left its limit.',
    labels: { figure: ['calibrationError', 'alertRate', 'microsPerWindow', 'driftIndex'] },
  },
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
  cacheRequests: {
    name: 'gaitway_cache_requests_total',
    kind: 'counter',
    unit: 'count',
    help: 'Look-ups in the cache, by outcome.',
    labels: { outcome: ['hit', 'miss'] },
  },
  cacheEvictions: {
    name: 'gaitway_cache_evictions_total',
    kind: 'counter',
    unit: 'count',
    help: 'Entries that were evicted to stay within the bound.',
  },
  cacheSkips: {
    name: 'gaitway_cache_skips_total',
    kind: 'counter',
    unit: 'count',
    help: 'Values that were not cached because they are too large.',
  },
  cacheFailures: {
    name: 'gaitway_cache_failures_total',
    kind: 'counter',
    unit: 'count',
    help: 'Look-ups, writes and invalidations that the shared cache did not answer well. After an invalidation that failed, a value is stale until its time is up.',
  },
  cacheInvalidations: {
    name: 'gaitway_cache_invalidations_total',
    kind: 'counter',
    unit: 'count',
    help: 'Groups of entries (the windows of one patient, say) that a write made invalid.',
  },
  cacheDuration: {
    name: 'gaitway_cache_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    help: 'Time of one look-up in the cache.',
    buckets: [0.00001, 0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
  },
  cacheBytes: {
    name: 'gaitway_cache_bytes',
    kind: 'gauge',
    unit: 'bytes',
    help: 'Bytes in the embedded cache; of a shared one, those that this instance put there and that may still be there.',
  },
  insightsWritten: {
    name: 'gaitway_insights_written_total',
    kind: 'counter',
    unit: 'count',
    help: 'Insights that were saved for the first time, by writer.',
    labels: { writer: ['built-in', 'model'] },
  },
  insightSentencesKept: {
    name: 'gaitway_insight_sentences_kept_total',
    kind: 'counter',
    unit: 'count',
    help: 'Sentences whose claim was computed again and held, by writer.',
    labels: { writer: ['built-in', 'model'] },
  },
  insightSentencesRemoved: {
    name: 'gaitway_insight_sentences_removed_total',
    kind: 'counter',
    unit: 'count',
    help: 'Sentences that a writer offered and that were not kept, by writer and reason.',
    labels: { writer: ['built-in', 'model'], reason: SENTENCE_FAULTS },
  },
  insightFallBacks: {
    name: 'gaitway_insight_fall_backs_total',
    kind: 'counter',
    unit: 'count',
    help: 'Insights that the built-in writer wrote in place of the model, by reason.',
    labels: { reason: FALL_BACKS },
  },
  insightCalls: {
    name: 'gaitway_insight_calls_total',
    kind: 'counter',
    unit: 'count',
    help: 'Calls of the model API. Over gaitway_windows_closed_total it is the calls per window that a plan claims.',
  },
  insightCallFailures: {
    name: 'gaitway_insight_call_failures_total',
    kind: 'counter',
    unit: 'count',
    help: 'Calls of the model API without a usable answer, by reason.',
    labels: {
      reason: [
        'time_limit',
        'unreachable',
        'rate_limited',
        'refused',
        'server_error',
        'too_long',
        'bad_answer',
      ],
    },
  },
  insightCallDuration: {
    name: 'gaitway_insight_call_duration_seconds',
    kind: 'histogram',
    unit: 'seconds',
    help: 'Time of one call of the model API, failed ones too.',
    buckets: LATENCY_SECONDS,
  },
  insightTokens: {
    name: 'gaitway_insight_tokens_total',
    kind: 'counter',
    unit: 'count',
    help: 'Tokens of calls of the model API, as it says, or estimated where it does not say.',
    labels: { part: ['prompt', 'completion'] },
  },
  insightCost: {
    name: 'gaitway_insight_cost_thousandths_total',
    kind: 'counter',
    unit: 'count',
    help: 'What the calls of the model API cost by the prices that were set, in thousandths of their currency.',
  },
  jobs: {
    name: 'gaitway_jobs_total',
    kind: 'counter',
    unit: 'count',
    help: 'Jobs, by outcome: queued, known (one of its lane was there already), full (turned away), done, failed.',
    labels: { kind: ['insight'], outcome: ['queued', 'known', 'full', 'done', 'failed'] },
  },
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
  updateDevices: {
    name: 'gaitway_update_devices',
    kind: 'gauge',
    unit: 'count',
    help: 'Devices that the update wave has offered its version to, by what became of them.',
    labels: { fate: ['offered', 'confirmed', 'failed'] },
  },
  eventLoopDelay: {
    name: 'gaitway_event_loop_delay_seconds',
    kind: 'gauge',
    unit: 'seconds',
    help: 'Longest delay of the event loop in the last second.',
  },
  processCpu: {
    name: 'gaitway_process_cpu_seconds_total',
    kind: 'counter',
    unit: 'seconds',
    help: 'CPU time of this process, user and system.',
  },
  processResident: {
    name: 'gaitway_process_resident_bytes',
    kind: 'gauge',
    unit: 'bytes',
    help: 'Memory of this process that is resident.',
  },
  gcPause: {
    name: 'gaitway_gc_pause_seconds_total',
    kind: 'counter',
    unit: 'seconds',
    help: 'Time that garbage collection took from this process.',
  },
} as const satisfies Record<string, Metric>;

/** How metrics are named in code: by key, never by a string of their own. */
export type MetricKey = keyof typeof METRICS;
