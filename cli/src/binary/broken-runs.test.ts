import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunAudit, RunRecord } from '@gaitway/contract';
import { validateRunRecord } from '@gaitway/scenarios';
import { describe, expect, it } from 'vitest';
import { childrenOf, Gaitway, gaitway, isAlive, ownFolder, unbroken, until } from './binary.fixture.ts';
import { recordIn } from './run-outcome.fixture.ts';

const SMALL = ['run', 'smoke', '--patients', '50', '--duration', '8s'];
const LONG = ['run', 'smoke', '--patients', '50', '--duration', '10m'];
const SLOT_MS_TOLD = 4000;

/** NODE_OPTIONS with which each process whose program matches begins with this script, before our code. */
function before(folder: string, program: RegExp, script: string): Record<string, string> {
  const file = join(folder, 'before.cjs');
  writeFileSync(file, `if (${program}.test(process.argv[1])) {\n${script}\n}`);
  return { NODE_OPTIONS: `--require ${file}` };
}

/** A server that tells each device another rate as soon as it has joined. */
function tellsAnotherRate(folder: string): Record<string, string> {
  return before(
    folder,
    /server-process|gaitway\.js/,
    `const own = require('node:module').createRequire(${JSON.stringify(import.meta.url)});
    const { Socket } = own('socket.io');
    const joined = Socket.prototype._onconnect;
    Socket.prototype._onconnect = function () {
      joined.call(this);
      if (this.nsp.name === '/device') this.emit('command', { command: 'rate', slotMs: ${SLOT_MS_TOLD} });
    };`,
  );
}

function slo(record: RunRecord, name: string) {
  return record.verdicts.find(({ metric }) => metric === name);
}

function onlyRunIn(data: string): string {
  return join(data, 'runs', readdirSync(join(data, 'runs'))[0]!);
}

describe.runIf(process.platform === 'linux')('a run that loses one of its processes', () => {
  it('fails when its own server is killed, however few samples there are by then', async () => {
    const data = ownFolder();
    const run = new Gaitway(LONG, { data });
    await run.said(/measure \|/);
    process.kill(
      childrenOf(run.pid).find(({ command }) => command.includes('server-process'))!.pid,
      'SIGKILL',
    );
    const { code, stdout } = await run.ended;
    const record = recordIn(data);
    expect(record.ownServers).toEqual({
      started: 1,
      ended: ['The server process server-0 ended by SIGKILL during the run.'],
    });
    expect(slo(record, 'server_ended')).toMatchObject({ verdict: 'fails', measured: 1 });
    expect(record.verdict).toBe('fails');
    expect(unbroken(stdout)).toMatch(/FAILS +│ server_ended .*server process server-0 ended by SIGKILL/);
    expect(unbroken(stdout)).toMatch(/Next: +what the server said last/);
    expect(stdout).not.toMatch(/play longer/);
    expect(code).toBe(99);

    // Its store is still there: what it holds is compared, and what the server had not stored yet is not called lost.
    const later = await gaitway(['audit', 'latest', '--json'], { data });
    const { audit } = JSON.parse(later.stdout) as { audit: RunAudit };
    expect(audit).toMatchObject({
      verdict: 'no-verdict',
      lost: 0,
      phantom: 0,
      duplicated: 0,
      wrongContent: 0,
    });
    expect(later.code).toBe(96);
  });

  it('is invalid, with a record that says why, when its worker dies before it has noted anything', async () => {
    const data = ownFolder();
    const env = before(data, /worker-process/, "process.kill(process.pid, 'SIGKILL');");
    const { code, stdout, stderr } = await gaitway([...SMALL, '--workers', '1'], { data, env });
    const record = recordIn(data);
    expect(validateRunRecord(record)).toEqual([]);
    expect(record.generator.reasons.join('\n')).toMatch(
      /^Worker 0 ended \(signal SIGKILL\) before it was done/m,
    );
    expect(record.audit).toMatchObject({ verdict: 'no-verdict', lost: 0 });
    expect(record.audit.reasons.join()).toMatch(/no worker of the fleet began its ledger/);
    expect(record.verdict).toBe('invalid');
    expect(unbroken(stdout)).toMatch(/Worker 0 ended \(signal SIGKILL\)/);
    expect(stderr).toBe('');
    expect(code).toBe(98);
  });

  it('is found by gaitway audit when all of it is killed: no verdict, and nobody is accused', async () => {
    const data = ownFolder();
    // So few that in ten minutes they would not fill one block of the ledger (64 KiB).
    const run = new Gaitway(['run', 'smoke', '--patients', '10', '--duration', '10m'], { data });
    await run.said(/measure \|/);
    const folder = onlyRunIn(data);
    const ledger = join(folder, 'ledger');
    const readings = join(ledger, readdirSync(ledger).find((name) => name.startsWith('ledger-readings-0-'))!);
    // The header, the names of all patients and three windows of each.
    await until(() => statSync(readings).size > 1500);
    const children = childrenOf(run.pid);
    run.kill('SIGKILL');
    await run.ended;
    await until(() => children.every(({ pid }) => !isAlive(pid)));
    const record = recordIn(data);
    expect(validateRunRecord(record)).toEqual([]);
    expect(record).toMatchObject({ finished: false, verdict: 'no-verdict', verdicts: [] });
    for (const file of record.ledgerFiles) expect(existsSync(join(folder, file))).toBe(true);

    const later = await gaitway(['audit', 'latest', '--json'], { data });
    const { audit } = JSON.parse(later.stdout) as { audit: RunAudit };
    expect(audit).toMatchObject({
      verdict: 'no-verdict',
      lost: 0,
      phantom: 0,
      duplicated: 0,
      wrongContent: 0,
    });
    expect(audit.reasons.join()).toMatch(/worker 0 did not finish its ledger/);
    expect(audit.compared.readings).toBeGreaterThan(0);
    expect(unbroken(later.stderr)).toMatch(/never came to its end/);
    expect(later.code).toBe(96);
  });
});

describe('a server that tells the devices another rate', () => {
  it('leaves a run without a verdict: its figures are those of another load', async () => {
    const data = ownFolder();
    const { code, stdout } = await gaitway(SMALL, { data, env: tellsAnotherRate(data) });
    const record = recordIn(data);
    const { planned, madeInMeasure, commands } = record.load;
    expect(planned).toBe(50 * 8);
    // How many depends on when the devices came to be told.
    expect(madeInMeasure).toBeLessThan(planned);
    expect(commands.rate).toBeGreaterThan(0);
    // A machine that was too busy for even that makes the run invalid, and says so.
    if (record.generator.valid) {
      expect(slo(record, 'readings_made')).toMatchObject({ verdict: 'no-verdict' });
      expect(unbroken(stdout)).toMatch(/NO VERDICT │ readings_made/);
      expect(unbroken(stdout)).toMatch(/Of 400 planned readings \d+ were made: the server told devices/);
    }
    expect(record.verdict).not.toBe('holds');
    if (record.verdict !== 'fails')
      expect(record.verdict).toBe(record.generator.valid ? 'no-verdict' : 'invalid');
    expect(code).toBe({ 'no-verdict': 96, invalid: 98, fails: 99, holds: 0 }[record.verdict]);
  });

  it('leaves a fleet without one as well', async () => {
    const data = ownFolder();
    const words = ['server', 'start', '--port', '0', '--window-seconds', '2'];
    const server = new Gaitway(words, { data, env: tellsAnotherRate(data) });
    const [, url] = await server.said(/Ready at (http:\S+?)\. /);
    const fleet = ['fleet', '--target', url!, '--patients', '20', '--slot', '1s', '--connect', '1s'];
    const { code, stdout } = await gaitway([...fleet, '--duration', '8s'], { data });
    const record = recordIn(data);
    expect(record.load.madeInMeasure).toBeLessThan(record.load.planned);
    expect(['no-verdict', 'invalid']).toContain(record.verdict);
    if (record.generator.valid)
      expect(unbroken(stdout)).toMatch(/NO VERDICT: Of 160 planned readings \d+ were/);
    expect(code).toBe(record.verdict === 'invalid' ? 98 : 96);
  });
});

describe.runIf(process.platform === 'linux')('a run whose server was killed before its Ctrl-C', () => {
  it('fails by the server all the same', async () => {
    const data = ownFolder();
    // The Ctrl-C comes in the very moment in which the run has learned that its server is gone.
    const env = before(
      ownFolder(),
      /gaitway\.js/,
      `const { ChildProcess } = require('node:child_process');
      const emit = ChildProcess.prototype.emit;
      ChildProcess.prototype.emit = function (event, ...values) {
        const heard = emit.call(this, event, ...values);
        if (event === 'exit' && this.spawnargs.some((word) => word.includes('server-process'))) process.emit('SIGINT');
        return heard;
      };`,
    );
    const run = new Gaitway(LONG, { data, env });
    await run.said(/measure \|/);
    process.kill(
      childrenOf(run.pid).find(({ command }) => command.includes('server-process'))!.pid,
      'SIGKILL',
    );
    const { stdout } = await run.ended;
    expect(unbroken(stdout)).toMatch(/Interrupted: the fleet drains/);
    const record = recordIn(data);
    expect(record.interrupted).toBe(true);
    expect(record.ownServers.ended).toEqual(['The server process server-0 ended by SIGKILL during the run.']);
    expect(slo(record, 'server_ended')).toMatchObject({ verdict: 'fails', measured: 1 });
  });
});

describe('a place where nothing can be written', () => {
  const blocked = (data: string) => {
    writeFileSync(join(data, 'file'), '');
    return join(data, 'file', 'below');
  };
  const proc = existsSync('/proc/self') ? ['/proc/gaitway/below'] : [];

  it('is refused as --record before anything is played', async () => {
    const data = ownFolder();
    for (const copy of [blocked(data), data, ...proc]) {
      const { code, stdout, stderr } = await gaitway([...SMALL, '--record', copy], { data });
      expect(unbroken(stderr)).toMatch(/--record: the record could not be written to /);
      expect(unbroken(stderr).replaceAll(' ', '')).toContain(copy);
      expect(unbroken(stderr)).toMatch(/Name a file in a folder in which this user may write/);
      expect(stdout).not.toMatch(/patients connect to/);
      expect(code).toBe(104);
    }
    expect(existsSync(join(data, 'runs'))).toBe(false);
  });

  it.each([
    ['a run', SMALL],
    ['a fleet', ['fleet', '--target', 'http://127.0.0.1:9']],
    ['a server', ['server', 'start', '--port', '0']],
    ['a token', ['token', 'device', '--patient', 'p000001', '--device', '2']],
  ])('is refused as --data of %s', async (_, words) => {
    for (const place of [blocked(ownFolder()), ...proc]) {
      const { code, stderr } = await gaitway([...words, '--data', place]);
      expect(unbroken(stderr)).toMatch(/is not a folder|cannot be (made|written|read) \(/);
      expect(unbroken(stderr)).toMatch(/name another folder/i);
      expect(stderr).not.toMatch(/bug of ours/);
      expect(code).toBe(104);
    }
  });

  it('as --record that comes to be one during the run costs the copy, and neither verdict nor exit code', async () => {
    const data = ownFolder();
    const copy = join(data, 'copies', 'run.json');
    const run = new Gaitway([...SMALL, '--record', copy], { data });
    await run.said(/synthetic patients connect to/);
    expect(existsSync(copy)).toBe(false);
    rmSync(join(data, 'copies'), { recursive: true });
    mkdirSync(copy, { recursive: true });
    const { code, stdout } = await run.ended;
    expect(unbroken(stdout)).toMatch(/Of \d+ that must hold/);
    expect(unbroken(stdout)).toMatch(/Warning: the record could not be copied to/);
    expect([0, 98, 99]).toContain(code);
    expect(recordIn(data)).toMatchObject({ finished: true });
  });
});
