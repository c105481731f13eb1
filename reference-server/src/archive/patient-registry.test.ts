import type { PatientProfile } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../observe/manual-clock.fixture.ts';
import { PatientRegistry } from './patient-registry.ts';

const profileOf = (patient: string, ward = 'w1', device = 1): PatientProfile => ({
  ...{ patient, ward, device },
  displayName: patient,
  synthetic: true,
});

/** A registry, and what it saved. While `hold` is set saves are not answered; then the test says how. */
function open(knownMax?: number) {
  const clock = createManualClock();
  const saves: { profiles: readonly PatientProfile[]; done(error?: Error): void }[] = [];
  const held = { hold: false };
  const savePatients = (profiles: readonly PatientProfile[]) =>
    new Promise<void>((resolve, reject) => {
      const done = (error?: Error) => (error ? reject(error) : resolve());
      saves.push({ profiles: [...profiles], done });
      if (!held.hold) done();
    });
  const registry = new PatientRegistry({ savePatients }, clock, knownMax);
  const pass = async () => {
    for (let i = 0; i < 5; i++) {
      clock.passMs(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const saved = () => saves.map(({ profiles }) => profiles);
  return { registry, held, saves, saved, pass };
}

describe('the patients that devices make known', () => {
  it('are saved together, and each once', async () => {
    const { registry, saved, pass } = open();
    for (const patient of ['a', 'b', 'a']) registry.register(profileOf(patient));
    await pass();
    registry.register(profileOf('a'));
    await pass();
    expect(saved()).toEqual([[profileOf('a'), profileOf('b')]]);
  });

  it('are saved again when their ward or device has changed', async () => {
    const { registry, saved, pass } = open();
    for (const profile of [profileOf('a'), profileOf('a', 'w2'), profileOf('a', 'w2', 2), profileOf('a')]) {
      registry.register(profile);
      await pass();
    }
    expect(saved()).toEqual([
      [profileOf('a')],
      [profileOf('a', 'w2')],
      [profileOf('a', 'w2', 2)],
      [profileOf('a')],
    ]);
  });

  it('are never overwritten by what was known of them before, also when a save fails or takes long', async () => {
    const { registry, held, saves, saved, pass } = open();
    held.hold = true;
    registry.register(profileOf('a'));
    await pass();
    registry.register(profileOf('a', 'w2'));
    await pass();
    expect(saved()).toEqual([[profileOf('a')]]);
    held.hold = false;
    saves[0]!.done(new Error('away'));
    await pass();
    expect(saved()).toEqual([[profileOf('a')], [profileOf('a', 'w2')]]);
  });

  it('are forgotten in the end, which saves them once more', async () => {
    const { registry, saved, pass } = open(2);
    for (const patient of ['a', 'b', 'a', 'c', 'a', 'b']) {
      registry.register(profileOf(patient));
      await pass();
    }
    expect(saved().map(([profile]) => profile!.patient)).toEqual(['a', 'b', 'c', 'b']);
  });
});
