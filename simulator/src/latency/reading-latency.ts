import type { LatencySummary } from '@gaitway/contract';
import { type EncodedLatency, LatencyRecorder } from './latency-recorder.ts';

/** Readings due in [fromMs, toMs) are measured; the others (warm-up, drain) are sent and audited all the same. */
export interface MeasurePhase {
  fromMs: number;
  toMs: number;
}

/**
 * The one latency of one reading, in ms, or `null` when it was not due in the measure phase.
 *
 * It runs from the moment the reading was first due, not from when it was sent or sent again, to the
 * acknowledgement that released it. A reading that never got one (still held, given up, refused) has not
 * been answered when drain ends, so it enters with its age then: a lower bound. All moments are of one clock.
 */
export function readingLatencyMs(
  firstDueMs: number,
  acknowledgedMs: number | null,
  drainEndMs: number,
  phase: MeasurePhase,
): number | null {
  if (firstDueMs < phase.fromMs || firstDueMs >= phase.toMs) return null;
  return (acknowledgedMs ?? drainEndMs) - firstDueMs;
}

/** The latencies of a worker's readings. A reading without acknowledgement takes 8 bytes until drain ends. */
export class ReadingLatencies {
  private readonly phase: MeasurePhase;
  private readonly recorder = new LatencyRecorder();
  private unansweredDueMs = new Float64Array(64);
  private unanswered = 0;

  constructor(phase: MeasurePhase) {
    this.phase = phase;
  }

  /** The acknowledgement that released the reading came. Returns what was recorded. */
  acknowledged(firstDueMs: number, acknowledgedMs: number): number | null {
    const latencyMs = readingLatencyMs(firstDueMs, acknowledgedMs, acknowledgedMs, this.phase);
    if (latencyMs !== null) this.recorder.record(latencyMs);
    return latencyMs;
  }

  /** The reading will never be acknowledged: given up, refused, or still held when drain ended. */
  neverAcknowledged(firstDueMs: number): void {
    if (readingLatencyMs(firstDueMs, null, firstDueMs, this.phase) === null) return;
    if (this.unanswered === this.unansweredDueMs.length) {
      const grown = new Float64Array(2 * this.unanswered);
      grown.set(this.unansweredDueMs);
      this.unansweredDueMs = grown;
    }
    this.unansweredDueMs[this.unanswered++] = firstDueMs;
  }

  /** The end of drain: the readings without acknowledgement enter with their age. The result can be sent and merged. */
  finish(drainEndMs: number): EncodedReadingLatencies {
    const { phase, recorder, unanswered } = this;
    for (let i = 0; i < unanswered; i++) {
      const ageMs = readingLatencyMs(this.unansweredDueMs[i]!, null, drainEndMs, phase);
      if (ageMs !== null) recorder.record(ageMs);
    }
    this.unanswered = 0;
    return { latency: recorder.encode(), unacknowledged: unanswered };
  }
}

export interface EncodedReadingLatencies {
  latency: EncodedLatency;
  /** How many of the samples are lower bounds. */
  unacknowledged: number;
}

export interface ReadingLatencySummary extends LatencySummary {
  unacknowledged: number;
}

/** All workers together. */
export function mergeReadingLatencies(parts: readonly EncodedReadingLatencies[]): ReadingLatencySummary {
  const recorder = new LatencyRecorder();
  let unacknowledged = 0;
  for (const part of parts) {
    recorder.add(LatencyRecorder.decode(part.latency));
    unacknowledged += part.unacknowledged;
  }
  return { ...recorder.summary(), unacknowledged };
}
