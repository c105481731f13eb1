import type { Metric } from './metric.ts';

const FRAME_KINDS = ['features', 'rawChunk', 'event', 'boot'] as const;

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

/** Frames as they arrive. */
export const INGEST_METRICS = {
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
} as const satisfies Record<string, Metric>;
