import { EventType, Placement } from '@gaitway/contract';
import { FALL_DECISION_TICKS, FallDetector } from '@gaitway/firmware';
import { describe, expect, it } from 'vitest';
import { COHORT_DEFAULT } from './cohort.ts';
import { label } from './label.ts';
import { RANGES_DEFAULT, ReadingSource } from './readings.ts';

const SEED = 83;
const WRISTS = { ...COHORT_DEFAULT, placement: { wrist: 1, shank: 0 } };
const FALLERS = { ...WRISTS, fallBoost: 1500 };
const SLOTS = 720;

describe('the events of synthetic patients', () => {
  it('are what the detector says of the samples that can be made again', () => {
    const source = new ReadingSource(SEED, { cohort: FALLERS });
    const detector = new FallDetector(RANGES_DEFAULT.accelRange);
    let told = 0;
    for (let patient = 0; patient < 40; patient++) {
      for (let slot = 0; slot < SLOTS; slot++) {
        const found = source.eventOf(patient, slot);
        if (found === null) continue;
        told += 1;
        const samples = source.samplesOf(patient, slot);
        detector.reset();
        let decided = -1;
        for (let i = 0; i < samples.length / 6 && decided < 0; i++) {
          const [ax, ay, az, gx, gy, gz] = [...samples.subarray(i * 6, i * 6 + 6)] as [
            ...[number, number, number],
            ...[number, number, number],
          ];
          const event = detector.feed(ax, ay, az, gx, gy, gz);
          if (event === null) continue;
          decided = 20 * (i + 1);
          expect(found.event).toEqual(event);
        }
        expect(found.decidedMs).toBe(decided);
        expect(found.startMs).toBe(decided - 20 * FALL_DECISION_TICKS);
        expect(found.event.type).toBe(EventType.fall);
      }
    }
    expect(told).toBeGreaterThan(10);
  });

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
        const found = source.eventOf(patient, slot);
        if (found === null) continue;
        told += 1;
        // The greatest of the blow's samples, or one that rings.
        expect(Math.abs(found.startMs + found.event.offsetMs - fallOffsetMs)).toBeLessThan(300);
        // At most two seconds and a half second's block after the peak.
        expect(found.decidedMs - fallOffsetMs).toBeLessThan(2500);
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
