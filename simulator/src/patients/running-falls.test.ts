import { FallDetector, TICK_MS } from '@gaitway/firmware';
import { describe, expect, it } from 'vitest';
import { COHORT_DEFAULT, type Cohort } from './cohort.ts';
import { ReadingSource, type SlotEvent } from './readings.ts';

const SEED = 83;
/** Hands that clap and knock, and people who fall; all with devices that tell of it. */
const LIVELY: Cohort = {
  ...{ ...COHORT_DEFAULT, fallBoost: 6000, hardNegativeShare: 0.4, placement: { wrist: 1, shank: 0 } },
  hardNegatives: { ...COHORT_DEFAULT.hardNegatives, 'tooth-brushing': 0, 'table-knock': 0.3, clapping: 0.42 },
};

/** What a detector tells that is fed every sample from `firstSlot` on. */
function fed(source: ReadingSource, slotMs: number, patient: number, firstSlot: number, slots: number) {
  const detector = new FallDetector(source.ranges.accelRange);
  return Array.from({ length: slots }, (_, i): SlotEvent | null => {
    const samples = source.samplesOf(patient, firstSlot + i);
    let told: SlotEvent | null = null;
    for (let tick = 0; tick < slotMs / TICK_MS; tick++) {
      // A frame counts 255 samples at most: behind them a board is given the last one.
      const at = Math.min(6 * tick, samples.length - 6);
      const event = detector.feed(
        ...(samples.subarray(at, at + 6) as unknown as Parameters<FallDetector['feed']>),
      );
      const decidedMs = TICK_MS * (tick + 1);
      if (event !== null) told = { event, startMs: decidedMs - 2000, decidedMs };
    }
    return told;
  });
}

function asked(
  source: ReadingSource,
  patient: number,
  firstSlot: number,
  slots: number,
): (SlotEvent | null)[] {
  return Array.from({ length: slots }, (_, i) => source.eventOf(patient, firstSlot + i, firstSlot));
}

describe('the falls that a device tells from slot to slot', () => {
  // Slots of half seconds, of more, of less than the detector remembers, and longer than a frame's samples.
  it.each([5000, 1000, 2600, 480, 8000])(
    'are those of a detector that got every sample, in slots of %i ms',
    (slotMs) => {
      const source = new ReadingSource(SEED, { slotMs, cohort: LIVELY });
      let told = 0;
      for (let patient = 0; patient < 12; patient++) {
        const expected = fed(source, slotMs, patient, 0, 120);
        expect(asked(source, patient, 0, 120)).toEqual(expected);
        told += expected.filter((event) => event !== null).length;
      }
      expect(told).toBeGreaterThan(3);
    },
  );

  it('are none at a shank, whose strides are impacts', () => {
    const source = new ReadingSource(SEED, { cohort: { ...LIVELY, placement: { wrist: 0, shank: 1 } } });
    for (let patient = 0; patient < 12; patient++)
      expect(asked(source, patient, 0, 120).filter((event) => event !== null)).toEqual([]);
  });

  it('begin afresh with a reboot', () => {
    const source = new ReadingSource(SEED, { cohort: LIVELY });
    for (let patient = 0; patient < 12; patient++) {
      asked(source, patient, 0, 8);
      for (const firstSlot of [8, 9, 40])
        expect(asked(source, patient, firstSlot, 60)).toEqual(fed(source, 5000, patient, firstSlot, 60));
      expect(source.eventOf(patient, 7, 8)).toBeNull();
    }
  });

  it('do not depend on who asked for what before', () => {
    const [ordered, mixed] = [0, 1].map(() => new ReadingSource(SEED, { cohort: LIVELY })) as [
      ReadingSource,
      ReadingSource,
    ];
    for (let patient = 0; patient < 12; patient++) {
      const expected = asked(ordered, patient, 0, 100);
      // Again, back, ahead, and another one's in between.
      for (const slot of [99, 99, 3, 50, 49, 4, 5, 5, 60]) {
        mixed.valuesOf(patient, slot + 1);
        mixed.eventOf(200 - patient, slot);
        expect(mixed.eventOf(patient, slot)).toEqual(expected[slot]);
      }
    }
  });
});
