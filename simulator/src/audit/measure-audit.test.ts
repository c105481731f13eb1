import { describe, expect, it } from 'vitest';
import { measureLedger } from './measure-audit.ts';

describe('the measure of ledger and audit', () => {
  it('compares every window that it wrote, and finds nothing', async () => {
    const clock = {
      epochMs: () => Date.now(),
      monotonicMs: () => performance.now(),
      setTimer: () => null,
      clearTimer: () => {},
    };
    const measure = await measureLedger({ clock, patients: 300, readingsPerPatient: 120, slotMs: 5000 });
    expect(measure.audit.verdict).toBe('holds');
    expect(measure.audit.compared.stored).toBe(36_000);
    expect(measure.audit.compared.recomputed).toBeGreaterThan(10);
    expect(measure.bytesPerPatientAndWindow).toBeLessThanOrEqual(64);
    expect(measure.windows).toBeGreaterThanOrEqual(300 * 10);
  });
});
