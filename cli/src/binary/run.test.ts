import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '@gaitway/contract';
import { validateRunRecord } from '@gaitway/scenarios';
import { describe, expect, it } from 'vitest';
import { FULL, Gaitway, gaitway, linesWiderThan, ownFolder } from './binary.fixture.ts';
import { expectSoundRun } from './run-outcome.fixture.ts';

/** Enough patients and viewers for the SLOs of `smoke` in eight seconds. */
const SMALL = ['run', 'smoke', '--patients', '80', '--viewers', '12', '--duration', '8s'];

describe('gaitway run', () => {
  it('says what it would play and what it needs, connects to nothing, and stops there with --dry-run', async () => {
    const data = ownFolder();
    const words = ['run', 'mvp', '--target', 'http://127.0.0.1:9', '--dry-run'];
    const { code, stdout } = await gaitway(words, { data });
    expect(stdout.split('\n')[0]).toMatch(/^Seed 1\. Scenario mvp, 1 worker process/);
    expect(stdout).toMatch(/100 devices, each on a connection of its own/);
    expect(stdout).toMatch(/file descriptors per/);
    expect(linesWiderThan(80, stdout)).toEqual([]);
    expect(existsSync(join(data, 'runs'))).toBe(false);
    expect(code).toBe(0);
  });

  it('ends in a verdict: its exit code, a record that its schema knows, only JSON, an audit that says the same later', async () => {
    const data = ownFolder();
    const copy = join(data, 'copy.json');
    const run = await gaitway([...SMALL, '--json', '--record', copy], { data });
    const record = JSON.parse(run.stdout) as RunRecord;
    expectSoundRun(record, run.code);
    expect(record).toMatchObject({ scenario: 'smoke', patients: 80, seed: 1, interrupted: false });
    expect(record.command).toEqual(['gaitway', ...SMALL, '--json', '--record', copy, '--seed', '1']);
    const stored = readFileSync(join(data, 'runs', record.id, 'run.json'), 'utf8');
    expect(validateRunRecord(JSON.parse(stored))).toEqual([]);
    expect(JSON.parse(stored)).toEqual(record);
    expect(readFileSync(copy, 'utf8')).toBe(stored);
    expect(run.stderr).toMatch(/Seed 1\./);
    expect(run.stderr).toMatch(new RegExp(`^${record.verdict.toUpperCase()} {2}smoke`, 'm'));
    expect(linesWiderThan(80, run.stderr)).toEqual([]);

    const later = await gaitway(['audit', 'latest', '--json'], { data });
    expect(later.code).toBe(0);
    expect((JSON.parse(later.stdout) as { audit: unknown }).audit).toEqual(record.audit);
    const fromCopy = await gaitway(['audit', copy], { data });
    expect(fromCopy.stdout).toMatch(/^HOLDS/m);
    expect(fromCopy.code).toBe(0);
  });

  it.runIf(FULL)(
    'plays against a server of its own role set, with the official transport, and writes profiles',
    async () => {
      const [data, served] = [ownFolder(), ownFolder()];
      const windows = ['--window-seconds', '5', '--window-phase-spread-seconds', '5'];
      const roles = ['--roles', 'gateway,processor,api'];
      const start = ['server', 'start', '--port', '0', ...roles, ...windows];
      const server = new Gaitway(start, { data: served });
      const url = (await server.said(/(http:\/\/\S+?:\d+)/))[1]!;
      const profiles = join(data, 'profiles');
      const flags = ['--target', url, '--transport', 'official', '--profile', profiles, '--json'];
      const env = { GAITWAY_TOKEN_SECRET: readFileSync(join(served, 'token-secret'), 'utf8').trim() };
      const run = await gaitway([...SMALL, ...flags], { data, env });
      const record = JSON.parse(run.stdout) as RunRecord;
      expectSoundRun(record, run.code);
      expect(record.environment.transport).toBe('official');
      expect(record.environment.target).toMatchObject({ url, own: false });
      expect(readdirSync(profiles).filter((file) => file.endsWith('.cpuprofile')).length).toBeGreaterThan(0);
    },
  );
});
