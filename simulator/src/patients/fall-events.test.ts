import { Placement } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { COHORT_DEFAULT } from './cohort.ts';
import { label } from './label.ts';
import { ReadingSource } from './readings.ts';

const SEED = 83;
const WRISTS = { ...COHORT_DEFAULT, placement: { wrist: 1, shank: 0 } };
const FALLERS = { ...WRISTS, fallBoost: 1500 };
const SLOTS = 720;

describe('the events of synthetic patients', () => {
  it('tell four falls of five, at their impact, as the detector does of real ones (0.83 of 350)', () => {
    const source = new ReadingSource(SEED, { cohort: FALLERS });
    let falls = 0;
    let told = 0;
    for (let patient = 0; patient < 150; patient++) {
      for (let slot = 0; slot < SLOTS; slot++) {
        const { fall, fallOffsetMs, placement } = label(SEED, patient, slot, FALLERS);
        if (!fall) continue;
        expect(placement).toBe(Placement.wrist);
        falls += 1;
        // It is told before the next slot is over.
        const found = [0, 5000].flatMap((laterMs) => {
          const event = source.eventOf(patient, slot + laterMs / 5000);
          return event === null ? [] : [{ event, laterMs }];
        });
        for (const { event, laterMs } of found) {
          // The greatest of the blow's samples, or one that rings.
          const peakMs = laterMs + event.startMs + event.event.offsetMs;
          if (Math.abs(peakMs - fallOffsetMs) > 300) continue;
          told += 1;
          // At most two seconds and a half second's block after the peak.
          expect(laterMs + event.decidedMs - fallOffsetMs).toBeLessThan(2500);
        }
      }
    }
    expect(falls).toBeGreaterThan(60);
    expect(told / falls).toBeGreaterThan(0.65);
    expect(told / falls).toBeLessThan(0.95);
  });

  it('are sometimes told of what is no fall, less than once in a patient-day', () => {
    const source = new ReadingSource(SEED, { cohort: WRISTS });
    let alarms = 0;
    const patients = 250;
    for (let patient = 0; patient < patients; patient++) {
      for (let slot = 0; slot < SLOTS; slot++) if (source.eventOf(patient, slot) !== null) alarms += 1;
    }
    const days = (patients * SLOTS * 5) / 86_400;
    expect(alarms).toBeGreaterThan(0);
    expect(alarms / days).toBeLessThan(1.5);
  });

  it('and values of a slot may be asked for in any order', () => {
    const [one, other] = [new ReadingSource(SEED), new ReadingSource(SEED)];
    for (let slot = 0; slot < 200; slot++) {
      const values = Array.from(one.valuesOf(3, slot));
      one.eventOf(3, slot + 1);
      one.valuesOf(70, slot);
      other.eventOf(3, slot);
      expect(Array.from(other.valuesOf(3, slot))).toEqual(values);
    }
  });
});
