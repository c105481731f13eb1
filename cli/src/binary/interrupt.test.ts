import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '@gaitway/contract';
import { validateRunRecord } from '@gaitway/scenarios';
import { describe, expect, it } from 'vitest';
import { childrenOf, FULL, Gaitway, isAlive, ownFolder, unbroken, until } from './binary.fixture.ts';

const LONG = ['run', 'smoke', '--patients', '20', '--duration', '10m'];

describe('Ctrl-C', () => {
  it('once: the fleet drains, the run is audited as far as it goes, the record is written, exit 105', async () => {
    const data = ownFolder();
    const run = new Gaitway(LONG, { data });
    await run.said(/measure \|/);
    run.kill('SIGINT');
    const { code, stdout } = await run.ended;
    expect(unbroken(stdout)).toMatch(/Interrupted: the fleet drains/);
    expect(unbroken(stdout)).toMatch(/the run was interrupted/);
    expect(code).toBe(105);
    const [id] = readdirSync(join(data, 'runs'));
    const record = JSON.parse(readFileSync(join(data, 'runs', id!, 'run.json'), 'utf8')) as RunRecord;
    expect(validateRunRecord(record)).toEqual([]);
    expect(record.interrupted).toBe(true);
    expect(record.audit).toMatchObject({ lost: 0, duplicated: 0, phantom: 0, misattributed: 0 });
    expect(record.audit.compared.readings).toBeGreaterThan(0);
    const { stored, readings } = record.audit.compared;
    expect(stored).toBeLessThanOrEqual(readings);
    // A machine that was too busy to send everything before the drain ended says so.
    if (record.generator.valid) expect(stored).toBe(readings);
  });

  it('twice: everything ends at once, nothing is left behind, exit 105', async () => {
    const data = ownFolder();
    const run = new Gaitway(LONG, { data });
    await run.said(/connect \|/);
    const children = process.platform === 'linux' ? childrenOf(run.pid) : [];
    if (process.platform === 'linux') expect(children.length).toBeGreaterThanOrEqual(3);
    run.kill('SIGINT');
    await run.said(/Ctrl-C again stops at once/);
    run.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(stderr).toMatch(/Stopped at once/);
    expect(code).toBe(105);
    // Killed they are; when the system has buried them is its own affair.
    await until(() => children.every(({ pid }) => !isAlive(pid)));
    const [id] = readdirSync(join(data, 'runs'));
    const record = readFileSync(join(data, 'runs', id!, 'run.json'), 'utf8');
    expect(JSON.parse(record)).toMatchObject({ finished: false, verdict: 'no-verdict' });
  });

  it.runIf(FULL).each([
    ['the server is there', /The run needs/],
    ['a device has connected', /synthetic patients connect to/],
  ])('before %s ends the run as well', async (_, moment) => {
    const run = new Gaitway(LONG);
    await run.said(moment);
    run.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(stderr).not.toMatch(/bug of ours/);
    expect(code).toBe(105);
  });

  it.runIf(FULL)('after the fleet has ended does not speak of it, and the run comes to its end', async () => {
    const run = new Gaitway(['run', 'smoke', '--patients', '20', '--duration', '1s']);
    await run.said(/Closing what windows are open/);
    run.kill('SIGINT');
    const { code, stdout } = await run.ended;
    expect(unbroken(stdout)).toMatch(/Interrupted: the run is audited and its record written\./);
    expect(code).toBe(105);
  });

  it.runIf(FULL)('ends a command that has nothing to bring to an end', async () => {
    const simulation = new Gaitway(['simulate', '--patients', '200', '--hours', '1000']);
    await simulation.said(/Seed 1\./);
    simulation.kill('SIGINT');
    expect((await simulation.ended).code).toBe(105);
  });
});
