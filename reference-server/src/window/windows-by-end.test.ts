import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpenWindow } from './open-window.ts';
import { lastBucketEndMs, WindowsByEnd } from './windows-by-end.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');

/** Patients tell the windows of a test apart. */
const patientsOf = (windows: readonly OpenWindow[]) => windows.map(({ patient }) => patient);

/** When the bucket is over that holds a window which ends then. */
const closesAtMs = ({ endMs }: OpenWindow) => Math.ceil(endMs / 250) * 250;

describe('windows by their end', () => {
  it('are taken once, when their bucket is over, the first to end first, however far time moves', () => {
    const minutes = fc.integer({ min: 1, max: 240_000 });
    const steps = fc.array(
      fc.record({ ends: fc.array(minutes, { maxLength: 20 }), stepMs: fc.oneof(fc.nat(600), minutes) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(
        steps,
        fc.constantFrom(Number.NEGATIVE_INFINITY, -100_000, 0, NOW_MS),
        (moves, beganAtMs) => {
          const byEnd = new WindowsByEnd();
          let open: OpenWindow[] = [];
          let windows = 0;
          let reachedMs = beganAtMs;
          for (const { ends, stepMs } of moves) {
            const fromMs = Number.isFinite(reachedMs) ? reachedMs : NOW_MS;
            for (const endMs of ends) {
              const startMs = fromMs + endMs - 60_000;
              const window = new OpenWindow(`p${windows++}`, 'w0000', startMs, fromMs + endMs, 0, false);
              open.push(window);
              byEnd.add(window);
            }
            const throughMs = Math.max(reachedMs, lastBucketEndMs(fromMs + stepMs));
            const due = open.filter((window) => closesAtMs(window) <= throughMs);
            expect(patientsOf(byEnd.take(reachedMs, throughMs))).toEqual(
              patientsOf(due.toSorted((one, other) => closesAtMs(one) - closesAtMs(other))),
            );
            open = open.filter((window) => !due.includes(window));
            expect(byEnd.isEmpty).toBe(open.length === 0);
            reachedMs = throughMs;
          }
          expect(patientsOf(byEnd.takeAll()).toSorted()).toEqual(patientsOf(open).toSorted());
          expect(byEnd.isEmpty).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});
