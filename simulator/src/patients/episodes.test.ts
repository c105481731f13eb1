import { describe, expect, it } from 'vitest';
import { COHORT_DEFAULT, type Cohort } from './cohort.ts';
import { type Episode, episodes } from './episodes.ts';
import { label } from './label.ts';
import { drawFreezes } from './truth/freezing.ts';

const SEED = 19;
const HOUR_SLOTS = 720;
const FREEZERS: Cohort = { ...COHORT_DEFAULT, freezerShare: 1 };

function all(kind: Episode['kind'], patients: number, hours: number, cohort: Cohort): Episode[] {
  return Array.from({ length: patients }, (_, patient) =>
    episodes(SEED, patient, 0, hours * HOUR_SLOTS, cohort).filter((one) => one.kind === kind),
  ).flat();
}

describe('freezes', () => {
  it('last as long as Bächlin saw them: half of them below 5.4 s, 93 % below 20 s', () => {
    const seconds = all('freeze', 130, 4, FREEZERS)
      .map(({ startMs, endMs }) => (endMs - startMs) / 1000)
      .toSorted((a, b) => a - b);
    expect(seconds.length).toBeGreaterThan(500);
    const at = (share: number): number => seconds[Math.floor(share * seconds.length)]!;
    expect(at(0.5)).toBeGreaterThanOrEqual(5);
    expect(at(0.5)).toBeLessThanOrEqual(6);
    const mean = seconds.reduce((a, b) => a + b, 0) / seconds.length;
    expect(mean).toBeGreaterThan(6.5);
    expect(mean).toBeLessThan(8);
    expect(seconds.filter((one) => one < 20).length / seconds.length).toBeCloseTo(0.94, 1);
  });

  it('befall freezers only, and most of them without medication', () => {
    expect(all('freeze', 50, 4, { ...COHORT_DEFAULT, freezerShare: 0 })).toEqual([]);
    const frozen = { off: 0, on: 0 };
    const walked = { off: 0, on: 0 };
    for (let patient = 0; patient < 80; patient++) {
      for (let slot = 0; slot < 3 * HOUR_SLOTS; slot++) {
        const { state, medication, freezingShare } = label(SEED, patient, slot, FREEZERS);
        if (state !== 'walking' && state !== 'freezing') continue;
        const at = medication === 'off' ? 'off' : 'on';
        walked[at] += 1;
        frozen[at] += freezingShare;
      }
    }
    expect(frozen.off / walked.off).toBeGreaterThan(2.5 * (frozen.on / walked.on));
  });

  it('are one in six without any trembling', () => {
    const freezes = { slots: 0, fromSecond: 0, toSecond: 0, akinetic: false };
    const seen = { trembling: 0, akinetic: 0 };
    for (let stretch = 0; stretch < 4000; stretch++) {
      drawFreezes(SEED, stretch, 2, 10, 0, freezes);
      if (freezes.toSecond > freezes.fromSecond) seen[freezes.akinetic ? 'akinetic' : 'trembling'] += 1;
    }
    const all = seen.trembling + seen.akinetic;
    expect(all).toBeGreaterThan(1000);
    expect(seen.akinetic / all).toBeCloseTo(1 / 6, 1);
  });

  it('are what the slots say', () => {
    for (let patient = 0; patient < 20; patient++) {
      const found = episodes(SEED, patient, 0, HOUR_SLOTS, FREEZERS).filter(({ kind }) => kind === 'freeze');
      const inSlot = (slot: number): number =>
        found.reduce(
          (sum, { startMs, endMs }) =>
            sum + Math.max(0, Math.min(endMs, (slot + 1) * 5000) - Math.max(startMs, slot * 5000)),
          0,
        );
      for (let slot = 0; slot < HOUR_SLOTS; slot++) {
        const { freezing, freezingShare } = label(SEED, patient, slot, FREEZERS);
        expect(inSlot(slot)).toBeCloseTo(5000 * freezingShare, 6);
        expect(freezing).toBe(freezingShare >= 0.5);
      }
    }
  });
});

describe('falls', () => {
  const boosted: Cohort = { ...COHORT_DEFAULT, fallBoost: 800 };

  it('come as often as the cohort says, of a year that is awake for two thirds', () => {
    const patients = 100;
    const hours = 6;
    const found = all('fall', patients, hours, boosted).length;
    const perYear = COHORT_DEFAULT.fallsPerYear * boosted.fallBoost;
    const expected = (patients * hours * perYear) / (365.25 * 24) / (2 / 3);
    expect(found / expected).toBeGreaterThan(0.75);
    expect(found / expected).toBeLessThan(1.1);
  });

  it('end lying, and the impact is where the label says', () => {
    const found = Array.from({ length: 60 }, (_, patient) => ({
      patient,
      falls: episodes(SEED, patient, 0, 6 * HOUR_SLOTS, boosted).filter(({ kind }) => kind === 'fall'),
    }));
    let count = 0;
    for (const { patient, falls } of found) {
      for (const { startMs, endMs } of falls) {
        count += 1;
        const slot = Math.floor(startMs / 5000);
        const one = label(SEED, patient, slot, boosted);
        expect(one).toMatchObject({ state: 'falling', fall: true, fallOffsetMs: startMs - slot * 5000 });
        for (let after = slot + 1; after < endMs / 5000; after++) {
          expect(label(SEED, patient, after, boosted)).toMatchObject({ state: 'lying', fall: false });
        }
        expect(label(SEED, patient, endMs / 5000, boosted).state).not.toBe('lying');
        expect(endMs - slot * 5000).toBeGreaterThanOrEqual(15_000);
      }
    }
    expect(count).toBeGreaterThan(30);
  });
});

describe('bouts of tremor', () => {
  it('last from seconds to minutes and join across slots', () => {
    const bouts = all('tremor', 40, 4, COHORT_DEFAULT).map(({ startMs, endMs }) => (endMs - startMs) / 1000);
    expect(bouts.length).toBeGreaterThan(100);
    expect(Math.max(...bouts)).toBeGreaterThan(120);
    expect(bouts.every((seconds) => seconds % 5 === 0)).toBe(true);
  });
});
