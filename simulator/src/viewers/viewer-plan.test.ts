import { describe, expect, it } from 'vitest';
import { personAt } from '../fleet/population.ts';
import { viewerAt } from './viewer-plan.ts';

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

  it('are the same again for the same seed, and others for another', () => {
    expect(viewers(9)).toEqual(viewers(9));
    expect(viewers(9, 8)).not.toEqual(viewers(9));
    expect(new Set(viewers(9).map(({ claims }) => claims.viewer)).size).toBe(9);
  });
});
