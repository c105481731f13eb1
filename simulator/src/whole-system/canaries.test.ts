import { describe, expect, it } from 'vitest';
import { readFirmware } from '../canaries/firmware-image.ts';
import { dropsOneIn } from './sabotage/drops-one-in.ts';
import { simulateSystem } from './simulate.ts';
import { NO_SYSTEM_FAULTS } from './system-faults.ts';
import { HARD_FAULTS } from './testing/hard-faults.ts';
import { FULL } from './testing/seeds.ts';

const canaries = { devices: 3, program: readFirmware().program };
const SIZE = { patients: 12, hours: 0.03, canaries };

describe('the whole system in virtual time, some of whose devices run real firmware', () => {
  it('keeps every promise to them too while links are cut, gateways and processors crash, and stores fail', async () => {
    const result = await simulateSystem({ seed: 5, ...SIZE, faults: HARD_FAULTS });
    const { audit, readings } = result;
    expect(audit.reasons).toEqual([]);
    expect(audit.verdict).toBe('holds');
    expect(readings).toBeGreaterThanOrEqual(SIZE.patients * 20);
    expect(result.counters.retransmitted).toBeGreaterThan(0);
    if (FULL) expect(await simulateSystem({ seed: 5, ...SIZE, faults: HARD_FAULTS })).toEqual(result);
  });

  it.runIf(FULL)('misses their readings as well, where a server acknowledges and forgets', async () => {
    const { audit } = await simulateSystem({
      ...{ seed: 6, ...SIZE, patients: canaries.devices, faults: NO_SYSTEM_FAULTS },
      parts: dropsOneIn(10),
    });
    expect(audit.verdict).toBe('fails');
    expect(audit.lost).toBeGreaterThan(2);
  });
});
