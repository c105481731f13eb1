import { Placement } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { COHORT_DEFAULT, CONFOUNDERS, type Cohort } from './cohort.ts';
import { label, type SlotLabel } from './label.ts';
import { traitsOf } from './traits.ts';

const SEED = 11;
/** Waking hours of the default cohort, which begins at nine. */
const HOURS = 12;
const SLOTS_PER_HOUR = 720;
const day = (patient: number, slots = 720, cohort?: Cohort): SlotLabel[] =>
  Array.from({ length: slots }, (_, slot) => label(SEED, patient, slot, cohort));
const share = <One>(all: readonly One[], is: (one: One) => boolean): number =>
  all.filter(is).length / all.length;

/** Lengths of unbroken runs, in slots. */
function runsOf(values: readonly string[]): number[] {
  const runs: number[] = [];
  values.forEach((value, i) => {
    if (i > 0 && value === values[i - 1]) runs[runs.length - 1]! += 1;
    else runs.push(1);
  });
  return runs;
}

describe('the label of a slot', () => {
  it('is a function of seed, patient, slot and cohort, whatever was asked before', () => {
    const forward = day(3, 200);
    const backward = Array.from({ length: 200 }, (_, i) => label(SEED, 3, 199 - i)).reverse();
    expect(backward).toEqual(forward);
    expect(Array.from({ length: 200 }, (_, slot) => label(SEED + 1, 3, slot))).not.toEqual(forward);
    label(SEED, 3, 7, { ...COHORT_DEFAULT, hardNegativeShare: 0.3 });
    expect(label(SEED, 3, 7)).toEqual(forward[7]);
  });

  it('spends waking time on rest, daily activity, walking and standing, and keeps them up for a while', () => {
    const all = Array.from({ length: 200 }, (_, patient) => day(patient, 240)).flat();
    expect(share(all, ({ state }) => state === 'rest')).toBeCloseTo(0.5, 1);
    expect(share(all, ({ state }) => state === 'daily')).toBeCloseTo(0.33, 1);
    expect(share(all, ({ state }) => state === 'walking' || state === 'freezing')).toBeGreaterThan(0.08);
    const lengths = (wanted: string): number[] =>
      Array.from({ length: 25 }, (_, patient) => {
        const states = day(patient).map(({ state }) => state);
        const starts = states.map((state, i) => (i === 0 || state !== states[i - 1] ? state : ''));
        const names = starts.filter((state) => state !== '');
        return runsOf(states).filter((_, i) => names[i] === wanted);
      })
        .flat()
        .toSorted((a, b) => a - b);
    const median = (of: readonly number[]): number => of[Math.floor(of.length / 2)]!;
    // In slots: two to four minutes of rest, and a walk of a quarter of a minute.
    expect(median(lengths('rest'))).toBeGreaterThanOrEqual(15);
    expect(median(lengths('rest'))).toBeLessThanOrEqual(50);
    expect(median(lengths('walking'))).toBeLessThanOrEqual(5);
  });

  it('sleeps at night, and seldom by day', () => {
    const at = (startHour: number): SlotLabel[] =>
      Array.from({ length: 40 }, (_, patient) => day(patient, 120, { ...COHORT_DEFAULT, startHour })).flat();
    expect(share(at(2), ({ state }) => state === 'sleep')).toBeGreaterThan(0.85);
    expect(share(at(14), ({ state }) => state === 'sleep')).toBe(0);
    // A run that begins in the evening goes on into the night.
    const evening = { ...COHORT_DEFAULT, startHour: 20 };
    const later = Array.from({ length: 40 }, (_, patient) =>
      label(SEED, patient, 6 * SLOTS_PER_HOUR, evening),
    );
    expect(share(later, ({ state }) => state === 'sleep')).toBeGreaterThan(0.8);
  });

  it('has hard negatives in the share of waking slots that the cohort names, each of its kind', () => {
    const all = Array.from({ length: 250 }, (_, patient) => day(patient, 360)).flat();
    const found = share(all, ({ confounder }) => confounder !== null);
    expect(found).toBeGreaterThan(0.05);
    expect(found / COHORT_DEFAULT.hardNegativeShare).toBeGreaterThan(0.8);
    expect(found / COHORT_DEFAULT.hardNegativeShare).toBeLessThan(1.25);
    for (const kind of CONFOUNDERS) {
      const ofKind = share(all, ({ confounder }) => confounder === kind);
      expect(ofKind / found / COHORT_DEFAULT.hardNegatives[kind], kind).toBeGreaterThan(0.6);
      expect(ofKind / found / COHORT_DEFAULT.hardNegatives[kind], kind).toBeLessThan(1.6);
    }
    expect(
      all.some(({ confounder, tremor, freezing, fall }) => confounder && (tremor || freezing || fall)),
    ).toBe(false);
  });

  it('has a tremor at rest and in posture, in those who tremble, weaker while the medication works', () => {
    const amplitudes = { on: [] as number[], off: [] as number[] };
    for (let patient = 0; patient < 60; patient++) {
      const { tremorRating } = traitsOf(SEED, patient);
      for (const one of day(patient, 1080)) {
        expect(one.tremor).toBe(one.tremorAmplitudeDeg > 0);
        expect(one.tremor).toBe(one.tremorRating !== null);
        expect(one.cadence > 0).toBe(one.state === 'walking');
        if (!one.tremor) continue;
        expect(['rest', 'posture']).toContain(one.state);
        expect(tremorRating).not.toBeNull();
        expect(one.tremorHz).toBeGreaterThanOrEqual(3.9);
        expect(one.tremorHz).toBeLessThanOrEqual(6.8);
        expect(one.tremorAmplitudeDeg).toBeLessThan(30);
        if (tremorRating! > 1.5 && tremorRating! < 3)
          amplitudes[one.medication === 'off' ? 'off' : 'on'].push(one.tremorRating!);
      }
    }
    const mean = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0) / all.length;
    expect(amplitudes.on.length).toBeGreaterThan(500);
    expect(amplitudes.off.length).toBeGreaterThan(500);
    expect(mean(amplitudes.off) - mean(amplitudes.on)).toBeGreaterThan(0.4);
  });

  it('gives a patient one tremor frequency and one cadence, more or less', () => {
    for (let patient = 0; patient < 30; patient++) {
      const frequencies = day(patient)
        .filter(({ tremor, state }) => tremor && state === 'rest')
        .map(({ tremorHz }) => tremorHz);
      if (frequencies.length > 0) expect(Math.max(...frequencies) - Math.min(...frequencies)).toBeLessThan(1);
    }
  });

  it('goes through OFF and ON, with dyskinesia in those who have it', () => {
    const hours = HOURS * SLOTS_PER_HOUR;
    const seen = { off: 0, on: 0, 'on-dyskinetic': 0 };
    const slownessLeft = { off: [] as number[], on: [] as number[] };
    for (let patient = 0; patient < 40; patient++) {
      const { dyskinesia, slowness } = traitsOf(SEED, patient);
      for (let slot = 0; slot < hours; slot += 60) {
        const one = label(SEED, patient, slot);
        seen[one.medication] += 1;
        if (one.dyskinesia > 0) expect(one.medication).toBe('on-dyskinetic');
        if (one.medication === 'on-dyskinetic') expect(dyskinesia).toBeGreaterThan(0);
        expect(one.bradykinesia).toBeLessThanOrEqual(4 * slowness);
        if (slowness > 0)
          slownessLeft[one.medication === 'off' ? 'off' : 'on'].push(one.bradykinesia / (4 * slowness));
      }
    }
    const all = seen.off + seen.on + seen['on-dyskinetic'];
    expect(seen.off / all).toBeGreaterThan(0.2);
    expect(seen.off / all).toBeLessThan(0.6);
    expect(seen['on-dyskinetic'] / all).toBeGreaterThan(0.03);
    const mean = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0) / of.length;
    expect(mean(slownessLeft.off)).toBeGreaterThan(mean(slownessLeft.on) + 0.3);
  });

  it('places devices as the cohort says, and keeps them there', () => {
    const placements = Array.from({ length: 2000 }, (_, patient) => label(SEED, patient, 0).placement);
    expect(share(placements, (one) => one === Placement.wrist)).toBeCloseTo(0.75, 1);
    expect(new Set(day(5).map(({ placement }) => placement)).size).toBe(1);
    const shanks = { ...COHORT_DEFAULT, placement: { wrist: 0, shank: 1 } };
    expect(label(SEED, 5, 0, shanks).placement).toBe(Placement.shank);
  });
});
