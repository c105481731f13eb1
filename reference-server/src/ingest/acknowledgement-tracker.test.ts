import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcknowledgementTracker, NOTHING_DURABLE } from './acknowledgement-tracker.ts';

describe('AcknowledgementTracker', () => {
  it('acknowledges nothing before anything is durable', () => {
    expect(new AcknowledgementTracker().acknowledgement(3)).toEqual({ boot: 3, seq: NOTHING_DURABLE });
  });

  it('goes on from a watermark that another instance stored', () => {
    const tracker = new AcknowledgementTracker({ boot: 2, seq: 41, startMs: 1000 });
    expect(tracker.isDurable(2, 41)).toBe(true);
    tracker.markDurable(2, 42, 6000);
    expect(tracker.acknowledgement(2)).toEqual({ boot: 2, seq: 42 });
  });

  it('does not acknowledge past a gap until the device gives the missing numbers up', () => {
    const tracker = new AcknowledgementTracker({ boot: 1, seq: 9, startMs: 0 });
    tracker.markDurable(1, 12, 60);
    expect(tracker.acknowledgement(1).seq).toBe(9);
    expect(tracker.heldFrom(1, 12, 60)).toBe(2);
    expect(tracker.acknowledgement(1).seq).toBe(12);
    expect(tracker.heldFrom(1, 12, 60)).toBe(0);
  });

  it('answers frames of the boot before, while those of the new one come in', () => {
    const tracker = new AcknowledgementTracker({ boot: 7, seq: 100, startMs: 500 });
    tracker.markDurable(8, 0, 600);
    expect(tracker.acknowledgement(8)).toEqual({ boot: 8, seq: 0 });
    expect(tracker.isDurable(7, 100)).toBe(true);
    tracker.markDurable(7, 101, 505);
    expect(tracker.acknowledgement(7)).toEqual({ boot: 7, seq: 101 });
    expect(tracker.acknowledgement(8)).toEqual({ boot: 8, seq: 0 });
  });

  it('tells a repeated frame from a number that is used twice', () => {
    const tracker = new AcknowledgementTracker({ boot: 1, seq: 5, startMs: 25_000 });
    expect(tracker.isReused(1, 25_000)).toBe(false);
    expect(tracker.isReused(1, 30_000)).toBe(true);
  });

  it('keeps a later boot of a lower number when one before both comes in late', () => {
    // A run whose number looks older, then what a device still held of the boot before the stored one.
    const tracker = new AcknowledgementTracker({ boot: 50_000, seq: 100, startMs: 500_000 });
    tracker.markDurable(20_464, 0, 900_000);
    tracker.markDurable(49_999, 7, 400_000);
    expect(tracker.acknowledgement(20_464)).toEqual({ boot: 20_464, seq: 0 });
    expect(tracker.heldFrom(20_464, 1, 905_000)).toBe(0);
  });

  it('acknowledges exactly the unbroken run of what is durable, in whatever order it came', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          Array.from({ length: 40 }, (_, i) => i),
          { minLength: 1 },
        ),
        (order) => {
          const tracker = new AcknowledgementTracker();
          const durable = new Set<number>();
          for (const seq of order) {
            tracker.markDurable(0, seq, seq);
            durable.add(seq);
            let reached = -1;
            while (durable.has(reached + 1)) reached += 1;
            expect(tracker.acknowledgement(0).seq).toBe(reached);
            for (let s = 0; s < 40; s++) expect(tracker.isDurable(0, s)).toBe(durable.has(s));
          }
        },
      ),
    );
  });
});
