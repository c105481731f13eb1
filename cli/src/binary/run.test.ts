import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '@gaitway/contract';
import { validateRunRecord } from '@gaitway/scenarios';
import { describe, expect, it } from 'vitest';
import { gaitway, ownFolder } from './binary.fixture.ts';

/** Enough patients and viewers for the SLOs of `smoke` in eight seconds. */
const SMALL = ['run', 'smoke', '--patients', '80', '--viewers', '12', '--duration', '8s'];
/** A run on a machine that does something else as well may be invalid, and then says nothing: it is played again. */
const ATTEMPTS = 3;

describe('gaitway run', () => {
  it('says what it would play and what it needs, connects to nothing, and stops there with --dry-run', async () => {
    const data = ownFolder();
    const words = ['run', 'mvp', '--target', 'http://127.0.0.1:9', '--dry-run'];
    const { code, stdout } = await gaitway(words, { data });
    expect(stdout.split('\n')[0]).toMatch(/^Seed 1\. Scenario mvp, 1 worker process/);
    expect(stdout).toMatch(/100 devices, each on a connection of its own/);
    expect(stdout).toMatch(/file descriptors per/);
    expect(existsSync(join(data, 'runs'))).toBe(false);
    expect(code).toBe(0);
  });

  it('holds: exit 0, a record that its schema knows, only JSON, and an audit that says the same later', async () => {
    const data = ownFolder();
    const copy = join(data, 'copy.json');
    let run = await gaitway([...SMALL, '--json', '--record', copy], { data });
    for (let attempt = 1; run.code === 98 && attempt < ATTEMPTS; attempt++) {
      run = await gaitway([...SMALL, '--json', '--record', copy], { data });
    }
    const record = JSON.parse(run.stdout) as RunRecord;
    expect(record.verdicts.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
    expect(run.code).toBe(0);
    expect(record).toMatchObject({
      ...{ verdict: 'holds', scenario: 'smoke', patients: 80, seed: 1, interrupted: false },
      audit: { verdict: 'holds', lost: 0, duplicated: 0, phantom: 0, misattributed: 0, wrongContent: 0 },
      load: { unacknowledged: 0 },
    });
    expect(record.command).toEqual(['gaitway', ...SMALL, '--json', '--record', copy, '--seed', '1']);
    const stored = readFileSync(join(data, 'runs', record.id, 'run.json'), 'utf8');
    expect(validateRunRecord(JSON.parse(stored))).toEqual([]);
    expect(JSON.parse(stored)).toEqual(record);
    expect(readFileSync(copy, 'utf8')).toBe(stored);
    expect(run.stderr).toMatch(/Seed 1\./);
    expect(run.stderr).toMatch(/HOLDS {2}smoke/);

    const later = await gaitway(['audit', 'latest', '--json'], { data });
    expect(later.code).toBe(0);
    expect((JSON.parse(later.stdout) as { audit: unknown }).audit).toEqual(record.audit);
    const fromCopy = await gaitway(['audit', copy], { data });
    expect(fromCopy.stdout).toMatch(/^HOLDS/m);
    expect(fromCopy.code).toBe(0);
  });
});
