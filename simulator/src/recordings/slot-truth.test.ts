import { describe, expect, it } from 'vitest';
import type { Recording } from './recording.ts';
import type { RecordingSlot } from './recording-slots.ts';
import { freezesOf, freezingIn, tremorIn } from './slot-truth.ts';

const slot = (over: Partial<RecordingSlot>): RecordingSlot => ({
  ...{ startMs: 0, endMs: 5000, samples: new Int16Array(), ticks: new Uint8Array(), flags: 0 },
  nearest: Int32Array.from({ length: 10 }, (_, i) => i),
  ...over,
});

describe('whether somebody froze in a slot', () => {
  const freezing = (...labels: number[]) => freezingIn(slot({}), Float64Array.from(labels));

  it('is so when at least half of what was labelled shows it', () => {
    expect(freezing(1, 1, 1, 1, 1, 2, 2, 2, 2, 2)).toBe(true);
    expect(freezing(1, 1, 1, 1, 1, 1, 2, 2, 2, 2)).toBe(false);
    // Of seven that are part of the experiment, four.
    expect(freezing(0, 0, 0, 1, 1, 1, 2, 2, 2, 2)).toBe(true);
  });

  it('is not known when more than half of it is no part of the experiment', () => {
    expect(freezing(0, 0, 0, 0, 0, 0, 2, 2, 2, 2)).toBeNull();
    expect(freezing(0, 0, 0, 0, 0, 2, 2, 2, 2, 2)).toBe(true);
    expect(freezingIn(slot({ nearest: new Int32Array() }), Float64Array.from([2]))).toBeNull();
  });

  it('is told by the samples next to those of the slot', () => {
    const nearest = Int32Array.from([2, 3]);
    expect(freezingIn(slot({ nearest }), Float64Array.from([1, 1, 2, 2]))).toBe(true);
    expect(freezingIn(slot({ nearest }), Float64Array.from([2, 2, 1, 1]))).toBe(false);
  });
});

it('freezes are the stretches of their label, from onset to the first sample without it', () => {
  const timesMs = Float64Array.from([0, 20, 40, 60, 80, 100]);
  const labels = Float64Array.from([1, 2, 2, 1, 0, 2]);
  expect(freezesOf({ timesMs, labels } as Recording)).toEqual([
    { startMs: 20, endMs: 60 },
    { startMs: 100, endMs: 100 },
  ]);
});

describe('whether a slot shows tremor', () => {
  const labels = { file: '', windowMs: 4000, startsMs: [0, 4000, 8000], tremor: [false, true, false] };
  const at = (startMs: number) => tremorIn(slot({ startMs, endMs: startMs + 5000 }), labels);

  it('is said by the windows that it overlaps most', () => {
    expect(at(0)).toBe(false);
    expect(at(2000)).toBe(true);
    expect(at(5000)).toBe(true);
    expect(at(5600)).toBe(false);
  });

  it('is not known where windows cover less than half of it', () => {
    expect(at(9500)).toBe(false);
    expect(at(9501)).toBeNull();
    expect(at(20_000)).toBeNull();
  });
});
