import { describe, expect, it } from 'vitest';
import { type FleetEnvironment, probeEnvironment } from './environment.ts';
import { fleetRequirements, type RequirementPlan } from './requirements.ts';

const MACHINE: FleetEnvironment = {
  platform: 'linux',
  cores: 2,
  descriptorsPerProcess: 20_000,
  descriptorsPerProcessMax: 20_000,
  localPorts: 28_232,
  memoryFreeBytes: 24e9,
};

const plan = (changes: Partial<RequirementPlan> = {}): RequirementPlan => ({
  patients: 10_000,
  viewers: 5,
  workers: 1,
  slotMs: 5000,
  connectMs: 10_000,
  transport: 'lean',
  urls: ['http://127.0.0.1:8080'],
  ...changes,
});

const rowOf = (changes: Partial<RequirementPlan>, machine: Partial<FleetEnvironment>, what: string) =>
  fleetRequirements(plan(changes), { ...MACHINE, ...machine }).rows.find((row) => row.what.startsWith(what))!;

describe('fleet requirements', () => {
  it('fit for 10,000 patients in one worker of a small machine, with every row shown', () => {
    const { fits, rows, workersSuggested, sourceAddressesSuggested } = fleetRequirements(plan(), MACHINE);
    expect(fits).toBe(true);
    expect(rows.map(({ what, needs, has, hint }) => ({ what, needs, has, hint }))).toMatchObject([
      { what: 'file descriptors per process', needs: '10,100', has: '20,000', hint: '' },
      { what: 'local ports per target', needs: '10,005', has: '25,408 on 1 source address' },
      { what: 'worker processes', needs: '1', has: '1' },
      { what: 'memory of the fleet', has: '24,000 MB' },
      { what: 'CPU of the fleet (expected)', needs: '0.07 cores, 0.25 while connecting' },
    ]);
    expect(workersSuggested).toBe(1);
    expect(sourceAddressesSuggested).toEqual([]);
  });

  it('ask for more workers where one process may not hold all sockets', () => {
    const row = rowOf(
      {},
      { descriptorsPerProcess: 1024, descriptorsPerProcessMax: 1024 },
      'file descriptors',
    );
    expect(row).toMatchObject({ needs: '10,100', has: '1,024', ok: false, hint: 'use --workers 11' });
    const suggested = fleetRequirements(plan({ workers: 11 }), { ...MACHINE, descriptorsPerProcess: 1024 });
    expect(suggested.fits).toBe(true);
  });

  it('say how far the limit may be raised where that is enough', () => {
    expect(rowOf({}, { descriptorsPerProcess: 1024 }, 'file descriptors').hint).toBe(
      'use --workers 11 or raise the limit: ulimit -n 10100',
    );
  });

  it('want four source addresses for 100,000 patients against one local instance, and then fit', () => {
    const big = plan({ patients: 100_000, workers: 6 });
    const asked = fleetRequirements(big, MACHINE);
    expect(asked.fits).toBe(false);
    expect(asked.sourceAddressesSuggested).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']);
    expect(rowOf(big, {}, 'local ports').hint).toMatch(/^use --source-addresses 127\.0\.0\.1-127\.0\.0\.4,/);
    const again = fleetRequirements({ ...big, sourceAddresses: asked.sourceAddressesSuggested }, MACHINE);
    expect(again.fits).toBe(true);
    expect(
      fleetRequirements({ ...big, urls: ['http://gaitway.example'] }, MACHINE).sourceAddressesSuggested,
    ).toEqual([]);
  });

  it('count ports per instance, since each target has its own', () => {
    const urls = [1, 2, 3, 4].map((port) => `http://127.0.0.1:808${port}`);
    expect(rowOf({ patients: 100_000, urls }, {}, 'local ports')).toMatchObject({
      needs: '25,002',
      ok: true,
    });
  });

  it('do not fit in less memory than they need, and need more with the official client', () => {
    expect(rowOf({}, { memoryFreeBytes: 200e6 }, 'memory').ok).toBe(false);
    const needed = (transport: 'lean' | 'official') =>
      Number(rowOf({ transport }, {}, 'memory').needs.replace(/\D/g, ''));
    expect(needed('official')).toBeGreaterThan(needed('lean'));
  });

  it('say when the machine has fewer cores than the fleet is expected to use', () => {
    const row = (cores: number) => rowOf({ patients: 100_000, slotMs: 1000 }, { cores }, 'CPU');
    expect(row(2)).toMatchObject({ ok: true, hint: expect.stringMatching(/expect an invalid run/) });
    expect(row(64)).toMatchObject({ ok: true, hint: '' });
  });

  it('never refuse a run for what could not be found out, nor for speed', () => {
    const blind = { descriptorsPerProcess: null, descriptorsPerProcessMax: null, localPorts: null };
    expect(fleetRequirements(plan({ workers: 1 }), { ...MACHINE, ...blind, cores: 1 }).fits).toBe(true);
  });

  it('read this machine as it is', () => {
    const environment = probeEnvironment();
    expect(environment.cores).toBeGreaterThanOrEqual(1);
    expect(environment.memoryFreeBytes).toBeGreaterThan(10e6);
    if (process.platform === 'linux') {
      expect(environment.descriptorsPerProcess).toBeGreaterThan(100);
      expect(environment.localPorts).toBeGreaterThan(1000);
    }
  });
});
