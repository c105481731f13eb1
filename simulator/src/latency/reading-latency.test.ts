import { uniform } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { mergeReadingLatencies, ReadingLatencies, readingLatencyMs } from './reading-latency.ts';

const phase = { fromMs: 60_000, toMs: 360_000 };
const ackTimeoutMs = 5000;
const drainEndMs = phase.toMs + 30_000;

describe('the latency of a reading', () => {
  it('runs from when it was first due to the acknowledgement that released it', () => {
    expect(readingLatencyMs(100_000, 112_345, drainEndMs, phase)).toBe(12_345);
  });

  it('is its age at the end of drain when no acknowledgement came', () => {
    expect(readingLatencyMs(100_000, null, drainEndMs, phase)).toBe(290_000);
  });

  it('counts only for readings that were due in the measure phase', () => {
    expect(readingLatencyMs(59_999, 60_001, drainEndMs, phase)).toBeNull();
    expect(readingLatencyMs(60_000, 60_001, drainEndMs, phase)).toBe(1);
    expect(readingLatencyMs(359_999, 360_100, drainEndMs, phase)).toBe(101);
    expect(readingLatencyMs(360_000, 360_001, drainEndMs, phase)).toBeNull();
  });
});

/** A server that answers in 20 ms, and never answers a share of the frames, however often they are sent. */
function measure(neverShare: number, workers: number) {
  const parts = Array.from({ length: workers }, () => new ReadingLatencies(phase));
  let unanswered = 0;
  for (let dueMs = 0; dueMs < drainEndMs; dueMs += 10) {
    const latencies = parts[(dueMs / 10) % workers]!;
    if (uniform(7, dueMs) < neverShare) {
      latencies.neverAcknowledged(dueMs);
      if (dueMs >= phase.fromMs && dueMs < phase.toMs) unanswered++;
    } else latencies.acknowledged(dueMs, dueMs + 20);
  }
  const encoded = parts.map((part) => JSON.parse(JSON.stringify(part.finish(drainEndMs))));
  return { ...mergeReadingLatencies(encoded), unanswered };
}

describe('a server that never acknowledges some frames', () => {
  it('cannot show a p95 below the acknowledgement time-out when they are 6 per cent', () => {
    const result = measure(0.06, 2);
    expect(result.p95Ms).toBeGreaterThanOrEqual(ackTimeoutMs);
    expect(result.p50Ms).toBeCloseTo(20, 1);
    expect(result.count).toBe(30_000);
    expect(result.unacknowledged).toBe(result.unanswered);
    expect(result.unacknowledged).toBeGreaterThan(1500);
  });

  it('shows its true p95 when it answers all, so the figure above comes from the unanswered', () => {
    expect(measure(0, 1)).toMatchObject({ p95Ms: 20, maxMs: 20, unacknowledged: 0, count: 30_000 });
  });
});
