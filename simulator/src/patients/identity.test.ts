import { describe, expect, it } from 'vitest';
import { deviceOf, PATIENTS_PER_WARD, patientAt, patientId, SYNTHETIC_MARK, wardId } from './identity.ts';

describe('the synthetic patient', () => {
  it('is named by its number, with twenty in a ward', () => {
    expect(patientAt(123, 7)).toMatchObject({
      patient: 'p000123',
      ward: 'w0006',
      device: 124,
      synthetic: true,
    });
    expect([0, 19, 20, 99_999].map(wardId)).toEqual(['w0000', 'w0000', 'w0001', 'w4999']);
    const wards = Array.from({ length: 100 }, (_, index) => wardId(index));
    for (const ward of new Set(wards))
      expect(wards.filter((one) => one === ward)).toHaveLength(PATIENTS_PER_WARD);
    expect([patientId(0), deviceOf(0)]).toEqual(['p000000', 1]);
  });

  it('has a name that follows from seed and number, and is marked', () => {
    const name = patientAt(5, 7).displayName;
    expect(patientAt(9, 7).displayName).not.toBe(name);
    expect(patientAt(5, 7).displayName).toBe(name);
    expect(name.endsWith(SYNTHETIC_MARK)).toBe(true);
    expect(name.length).toBeGreaterThan(SYNTHETIC_MARK.length + 3);
    const names = (seed: number) =>
      Array.from({ length: 40 }, (_, index) => patientAt(index, seed).displayName);
    expect(new Set(names(7)).size).toBeGreaterThan(35);
    expect(names(7)).not.toEqual(names(8));
  });

  it('travels as JSON with its name', () => {
    expect(Object.keys(JSON.parse(JSON.stringify(patientAt(3, 1)))).sort()).toEqual([
      'device',
      'displayName',
      'patient',
      'synthetic',
      'ward',
    ]);
  });

  it('is counted from 0 in whole numbers', () => {
    expect(() => patientAt(-1, 7)).toThrow('not -1');
    expect(() => patientAt(1.5, 7)).toThrow('not 1.5');
  });
});
