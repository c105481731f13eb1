import { describe, expect, it } from 'vitest';
import { traitsOf } from '../traits.ts';
import { doseHour, dyskinesiaRating, medicationEffect, medicationState } from './medication.ts';

const SEED = 5;

describe('medication', () => {
  it('comes within an hour of a dose, and wears off until the next or after it', () => {
    const come: number[] = [];
    const worn: number[] = [];
    for (let patient = 0; patient < 31; patient++) {
      const traits = { ...traitsOf(SEED, patient), dosesPerDay: 3 };
      const dose = doseHour(SEED, patient, traits, 0, 1);
      const effect = (hours: number): number => medicationEffect(SEED, patient, traits, hours);
      come.push(effect(dose + 1.5));
      // Five hours and more lie between three doses.
      worn.push(effect(dose + 4.8));
      expect(effect(dose + 1.5)).toBeGreaterThan(effect(dose));
    }
    expect(Math.min(...come)).toBeGreaterThan(0.4);
    expect(come.toSorted((a, b) => a - b)[15]).toBeGreaterThan(0.75);
    expect(Math.max(...worn)).toBeLessThan(0.75);
    expect(worn.toSorted((a, b) => a - b)[15]).toBeLessThan(0.35);
  });

  it('is gone at the end of the night', () => {
    for (let patient = 0; patient < 30; patient++) {
      const traits = traitsOf(SEED, patient);
      expect(medicationEffect(SEED, patient, traits, 24 + traits.wakeHour)).toBeLessThan(0.05);
    }
  });

  it('goes on over midnight without a jump', () => {
    for (let patient = 0; patient < 30; patient++) {
      const traits = traitsOf(SEED, patient);
      const before = medicationEffect(SEED, patient, traits, 24 - 1e-6);
      expect(medicationEffect(SEED, patient, traits, 24 + 1e-6)).toBeCloseTo(before, 4);
    }
  });

  it('brings dyskinesia at its height only, and only to those who are prone to it', () => {
    expect(dyskinesiaRating(1, 0.7)).toBe(0);
    expect(dyskinesiaRating(1, 1)).toBe(4);
    expect(dyskinesiaRating(0, 1)).toBe(0);
    expect(medicationState(0.3, 0)).toBe('off');
    expect(medicationState(0.5, 0)).toBe('on');
    expect(medicationState(0.9, 2)).toBe('on-dyskinetic');
  });
});
