import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DoctorRow } from '@gaitway/dashboards';
import type { DoctorCheck } from './check.ts';

const run = promisify(execFile);
const PATIENCE_MS = 5000;

/** Programs that only some work needs: none of them is ever missed by a run. */
const TOOLS = [
  {
    what: 'k6',
    command: 'k6',
    args: ['version'],
    why: 'scripts in scenarios/k6',
    fix: 'go install go.k6.io/k6@v1.8.1   (or https://grafana.com/docs/k6/latest/set-up/install-k6)',
  },
  {
    what: 'Prometheus',
    command: 'prometheus',
    args: ['--version'],
    why: 'keeping /metrics of a server',
    fix: 'apt-get install prometheus   (or https://prometheus.io/download)',
  },
] as const;

export const checkTools: DoctorCheck = () => Promise.all(TOOLS.map(look));

async function look({ what, command, args, why, fix }: (typeof TOOLS)[number]): Promise<DoctorRow> {
  try {
    const { stdout, stderr } = await run(command, [...args], { timeout: PATIENCE_MS });
    const version = /v?\d+\.\d+(\.\d+)?/.exec(stdout || stderr)?.[0] ?? 'version not told';
    return { what, state: 'there', found: version };
  } catch (error) {
    const found = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'not found' : 'does not start';
    return { what, state: 'optional', found: `${found}; only needed for ${why}`, fix };
  }
}
