import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunAudit, RunRecord } from '@gaitway/contract';
import { validateRunRecord } from '@gaitway/scenarios';
import { describe, expect, it } from 'vitest';
import { childrenOf, FULL, Gaitway, gaitway, isAlive, ownFolder, unbroken, until } from './binary.fixture.ts';
import { recordIn } from './run-outcome.fixture.ts';
import { before } from './sabotaged-process.fixture.ts';

function slo(record: RunRecord, name: string) {
  return record.verdicts.find(({ metric }) => metric === name);
}

function onlyRunIn(data: string): string {
  return join(data, 'runs', readdirSync(join(data, 'runs'))[0]!);
}

/** A long run in its measure phase whose server was killed: started here, still to be ended. */
async function withKilledServer(data: string, env: Record<string, string> = {}): Promise<Gaitway> {
  const run = new Gaitway(['run', 'smoke', '--patients', '50', '--duration', '10m'], { data, env });
  await run.said(/measure \|/);
  const server = childrenOf(run.pid).find(({ command }) => command.includes('server-process'));
  process.kill(server!.pid, 'SIGKILL');
  return run;
}

/** What an audit says of the only run, which nobody can judge to its end: the verdict is open, and nobody is accused. */
async function auditedOpen(data: string): Promise<{ audit: RunAudit; says: string }> {
  const { code, stdout, stderr } = await gaitway(['audit', 'latest', '--json'], { data });
  const { audit } = JSON.parse(stdout) as { audit: RunAudit };
  const nothing = { lost: 0, phantom: 0, duplicated: 0, wrongContent: 0 };
  expect(audit).toMatchObject({ verdict: 'no-verdict', ...nothing });
  expect(code).toBe(96);
  return { audit, says: unbroken(stderr) };
}

describe.runIf(process.platform === 'linux')('a run that loses one of its processes', () => {
  it('fails when its own server is killed, however few samples there are by then', async () => {
    const data = ownFolder();
    const { code, stdout } = await (await withKilledServer(data)).ended;
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
    await auditedOpen(data);
  });

  it.runIf(FULL)(
    'is invalid, with a record that says why, when its worker dies before it has noted anything',
    async () => {
      const data = ownFolder();
      const env = before(data, /worker-process/, "process.kill(process.pid, 'SIGKILL');");
      const { code, stdout, stderr } = await gaitway(['run', 'smoke', '--duration', '4s', '--workers', '1'], {
        data,
        env,
      });
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
    },
  );

  it.runIf(FULL)(
    'is found by gaitway audit when all of it is killed: no verdict, and nobody is accused',
    async () => {
      const data = ownFolder();
      // So few that in ten minutes they would not fill one block of the ledger (64 KiB).
      const run = new Gaitway(['run', 'smoke', '--patients', '10', '--duration', '10m'], { data });
      await run.said(/measure \|/);
      const folder = onlyRunIn(data);
      const ledger = join(folder, 'ledger');
      const readings = join(
        ledger,
        readdirSync(ledger).find((name) => name.startsWith('ledger-readings-0-'))!,
      );
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

      const { audit, says } = await auditedOpen(data);
      expect(audit.reasons.join()).toMatch(/worker 0 did not finish its ledger/);
      expect(audit.compared.readings).toBeGreaterThan(0);
      expect(says).toMatch(/never came to its end/);
    },
  );

  it.runIf(FULL)('fails by the server all the same when it is interrupted in that moment', async () => {
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
    const { stdout } = await (await withKilledServer(data, env)).ended;
    expect(unbroken(stdout)).toMatch(/Interrupted: /);
    const record = recordIn(data);
    expect(record.interrupted).toBe(true);
    expect(record.ownServers.ended).toEqual(['The server process server-0 ended by SIGKILL during the run.']);
    expect(slo(record, 'server_ended')).toMatchObject({ verdict: 'fails', measured: 1 });
  });
});
