import { Placement } from '@gaitway/contract';
import { builtInModel, MODEL_VERSION } from '@gaitway/reference-server';
import { describe, expect, it } from 'vitest';
import { confusionAt, sensitivityOf } from '../grade/confusion.ts';
import { fourierFreeze } from '../grade/fourier-freeze-index.ts';
import { FALL_SLACK_MS } from '../grade/seen-alert.ts';
import { COHORT_DEFAULT, type Cohort, widened } from '../patients/cohort.ts';
import { areaUnderCurve } from '../patients/fit/area-under-curve.ts';
import { FIT_SEEDS } from '../patients/fit/fit-models.ts';
import { label } from '../patients/label.ts';
import { RANGES_DEFAULT, ReadingSource } from '../patients/readings.ts';
import { areaOf, fallsFound, sensitivityAt } from './figures.ts';
import { playHeldOut } from './play-held-out.ts';

const SEED = 90_100;
const PATIENTS = 12;
const HOURS = 1;
const SLOTS = 720;
const COHORT: Cohort = {
  ...widened(COHORT_DEFAULT, 1.2),
  ...{ fallBoost: 9000, freezerShare: 1, placement: { wrist: 0.5, shank: 0.5 } },
};
const COUNTS_PER_G = 4096;

/** The same people, looked at slot by slot, without a server. */
function* slots() {
  const source = new ReadingSource(SEED, { cohort: COHORT });
  for (let patient = 0; patient < PATIENTS; patient++) {
    for (let slot = 0; slot < SLOTS; slot++) {
      yield { patient, slot, source, truth: label(SEED, patient, slot, COHORT) };
    }
  }
}

describe('held-out patients who live through the whole system', async () => {
  const people = await playHeldOut({ seed: SEED, patients: PATIENTS, hours: HOURS, cohort: COHORT });
  const sum = (count: (person: (typeof people)[number]) => number) =>
    people.reduce((total, person) => total + count(person), 0);

  it('are none that a model was fitted to', () => {
    expect(Object.values(FIT_SEEDS)).not.toContain(SEED);
  });

  it('are all there, with the slots and the hours that they lived', () => {
    const all = [...slots()];
    expect(people).toHaveLength(PATIENTS);
    expect(sum(({ wakingSlots }) => wakingSlots)).toBe(
      all.filter(({ truth }) => truth.state !== 'sleep').length,
    );
    expect(sum(({ hardNegativeSlots }) => hardNegativeSlots)).toBe(
      all.filter(({ truth }) => truth.confounder !== null).length,
    );
    expect(sum(({ hours }) => hours)).toBeCloseTo(PATIENTS * HOURS, 9);
  });

  it('are answered as the built-in model answers, and by the published index beside it', () => {
    const scores: number[] = [];
    const indexes: number[] = [];
    const truths: boolean[] = [];
    const indexOf = new Map<object, number>();
    for (const { patient, slot, source, truth } of slots()) {
      if (truth.placement !== Placement.shank || truth.state === 'sleep') continue;
      const header = { flags: 0, placement: Placement.shank, slotMs: 5000, ...RANGES_DEFAULT };
      const values = source.valuesOf(patient, slot);
      scores.push(builtInModel(MODEL_VERSION).slotScores(values, header).freezing!);
      const index = indexOf.get(values) ?? fourierFreeze(source.samplesOf(patient, slot), COUNTS_PER_G).score;
      indexOf.set(values, index);
      indexes.push(index);
      truths.push(truth.freezing);
    }
    expect(truths.filter(Boolean).length).toBeGreaterThan(10);
    expect(areaOf('server', 'freezing')(people)).toBeCloseTo(areaUnderCurve(scores, truths), 9);
    // The index is kept to a fiftieth of an octave.
    expect(areaOf('plain', 'freezing')(people)).toBeCloseTo(areaUnderCurve(indexes, truths), 2);
    expect(sensitivityAt('plain', 'freezing', 501)(people)).toBe(
      shareOf(
        sensitivityOf(
          confusionAt(
            indexes.map((index) => (index > 1.5 ? 1 : 0)),
            truths,
            1,
          ),
        ),
      ),
    );
  });

  it('fall as the truth has it, and are found at once where their device tells', () => {
    let falls = 0;
    let told = 0;
    for (const { patient, slot, source, truth } of slots()) {
      if (!truth.fall || truth.placement !== Placement.wrist) continue;
      falls += 1;
      const found = [slot, slot + 1].some((at) => {
        const event = source.eventOf(patient, at);
        const sinceMs =
          event && (at - slot) * 5000 + event.startMs + event.event.offsetMs - truth.fallOffsetMs;
        return sinceMs !== null && Math.abs(sinceMs) < FALL_SLACK_MS;
      });
      if (found) told += 1;
    }
    expect(falls).toBeGreaterThan(5);
    expect(told).toBeGreaterThan(3);
    expect(sum(({ fallHours }) => fallHours)).toBeCloseTo(
      sum(({ placement, hours }) => (placement === 'wrist' ? hours : 0)),
      9,
    );
    expect(sum(({ falls: { kept } }) => kept.events)).toBe(falls);
    expect(fallsFound('raised')(people)).toBeCloseTo(told / falls, 9);
    expect(fallsFound('kept')(people)).toBeLessThanOrEqual(told / falls);
  });
});

const shareOf = ({ matched, of }: { matched: number; of: number }): number => matched / of;
