import { describe, expect, it } from 'vitest';
import { personAt } from '../fleet/population.ts';
import { viewerAt, watchedLeast, watchedPatients } from './viewer-plan.ts';

const viewers = (count: number, seed = 7) =>
  Array.from({ length: count }, (_, index) => viewerAt(index, seed, 100, personAt));

describe('viewers of a run', () => {
  it('take the roles in turn, and watch only what their token allows', () => {
    const roles = new Map<string, number>();
    for (const { claims, targets } of viewers(30)) {
      roles.set(claims.role, (roles.get(claims.role) ?? 0) + 1);
      expect(targets.length).toBeGreaterThan(0);
      for (const target of targets) {
        if ('ward' in target) expect(claims.wards).toContain(target.ward);
        else expect(claims.patients).toContain(target.patient);
      }
    }
    expect(Object.fromEntries(roles)).toEqual({ doctor: 10, patient: 10, caregiver: 10 });
  });

  it('are one patient for a patient, one ward for a doctor, and two or three people for a caregiver', () => {
    for (const { claims, targets } of viewers(300)) {
      if (claims.role === 'caregiver') {
        expect(targets.length).toBeLessThanOrEqual(3);
        // The same person may be drawn twice.
        expect(new Set(claims.patients).size).toBe(targets.length);
      } else expect(targets).toHaveLength(1);
    }
  });

  it.each([
    [50, 3],
    [100, 5],
    [15, 4],
    [1000, 30],
  ])(
    'of %i patients watch, %i of them, no fewer than is said beforehand, whatever the seed',
    (patients, count) => {
      const { roles, pairs } = watchedLeast(count, patients);
      expect(Object.values(roles).reduce((sum, number) => sum + number)).toBe(count);
      const wards = new Map<string, number>();
      for (let index = 0; index < patients; index++) {
        const { ward } = personAt(index);
        wards.set(ward, (wards.get(ward) ?? 0) + 1);
      }
      let fewest = Number.POSITIVE_INFINITY;
      for (let seed = 0; seed < 500; seed++) {
        let watched = 0;
        const met = { doctor: 0, patient: 0, caregiver: 0 };
        for (let index = 0; index < count; index++) {
          const { claims, targets } = viewerAt(index, seed, patients, personAt);
          met[claims.role as keyof typeof met]++;
          for (const target of targets) watched += 'ward' in target ? wards.get(target.ward)! : 1;
        }
        expect(met).toEqual(roles);
        fewest = Math.min(fewest, watched);
      }
      expect(fewest).toBeGreaterThanOrEqual(pairs);
      // And it is met, or nearly: it promises not less than it could.
      expect(fewest).toBeLessThanOrEqual(pairs + 2 * roles.caregiver + 20 * (roles.doctor - 1));
    },
  );

  it('are the same again for the same seed, and others for another', () => {
    expect(viewers(9)).toEqual(viewers(9));
    expect(viewers(9, 8)).not.toEqual(viewers(9));
    expect(new Set(viewers(9).map(({ claims }) => claims.viewer)).size).toBe(9);
  });
});

it('who is watched by any of the viewers is who one of them names, or whose ward', () => {
  const [viewers, seed, patients] = [9, 3, 400];
  const isWatched = watchedPatients(viewers, seed, patients, personAt);
  const named = Array.from({ length: viewers }, (_, index) =>
    viewerAt(index, seed, patients, personAt),
  ).flatMap(({ targets }) => targets.flatMap((target) => Object.values(target)));
  const people = Array.from({ length: patients }, (_, index) => personAt(index));
  for (const person of people)
    expect(isWatched(person)).toBe(named.includes(person.patient) || named.includes(person.ward));
  expect(people.filter(isWatched).length).toBeGreaterThan(3);
  expect(people.filter(isWatched).length).toBeLessThan(patients);
});
