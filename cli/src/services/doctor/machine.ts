import { accessSync, constants, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { DoctorRow } from '@gaitway/dashboards';
import { probeEnvironment } from '@gaitway/simulator';
import { commandName } from '../../command-name.ts';
import type { DoctorCheck } from './check.ts';

const LEAST_NODE = [20, 19] as const;
/** Enough for `mvp` with room to spare; larger runs say themselves what they need. */
const DESCRIPTORS_LEAST = 1024;
const LOCAL_PORTS_LEAST = 10_000;

export const checkNode: DoctorCheck = async () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  return [
    {
      what: 'Node.js',
      state: ok ? 'there' : 'missing',
      found: `${process.versions.node}${ok ? '' : `; ${LEAST_NODE.join('.')} or newer is needed`}`,
      ...(ok ? {} : { fix: 'install a newer one from https://nodejs.org' }),
    },
  ];
};

export const checkMachine: DoctorCheck = async () => {
  const { descriptorsPerProcess, descriptorsPerProcessMax, localPorts, memoryFreeBytes, cores } =
    probeEnvironment();
  const enough = descriptorsPerProcess === null || descriptorsPerProcess >= DESCRIPTORS_LEAST;
  const descriptors: DoctorRow = {
    what: 'File descriptors',
    state: enough ? 'there' : 'missing',
    found: `${text(descriptorsPerProcess)} per process${descriptorsPerProcessMax !== null && descriptorsPerProcessMax !== descriptorsPerProcess ? `, may be raised to ${text(descriptorsPerProcessMax)}` : ''}: about ${text(descriptorsPerProcess === null ? null : Math.max(0, descriptorsPerProcess - 100))} devices a worker`,
    ...(enough ? {} : { fix: `ulimit -n ${DESCRIPTORS_LEAST}` }),
  };
  const wide = localPorts === null || localPorts >= LOCAL_PORTS_LEAST;
  const ports: DoctorRow = {
    what: 'Local ports',
    state: wide ? 'there' : 'optional',
    found: `${text(localPorts)} for connections to one target`,
    ...(wide ? {} : { fix: 'sysctl -w net.ipv4.ip_local_port_range="1024 65535"' }),
  };
  const machine: DoctorRow = {
    what: 'Machine',
    state: 'there',
    found: `${cores} cores, ${text(Math.round(memoryFreeBytes / 1e6))} MB of memory free`,
  };
  return [machine, descriptors, ports];
};

/** The port that `gaitway server start` takes when none is named. */
export const checkPort: DoctorCheck = async ({ port }) => {
  const error = await tryPort(port);
  return [
    {
      what: `Port ${port}`,
      state: error === undefined ? 'there' : 'optional',
      found: error === undefined ? 'free' : `not free (${error}); ${commandName()} run takes any other`,
      ...(error === undefined ? {} : { fix: `${commandName()} server start --port 0` }),
    },
  ];
};

export const checkDataFolder: DoctorCheck = async ({ dataFolder }) => {
  let nearest = dataFolder;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  let why: string | undefined;
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
  } catch (error) {
    why = String((error as NodeJS.ErrnoException).code);
  }
  return [
    {
      what: 'Data folder',
      state: why === undefined ? 'there' : 'missing',
      found: why === undefined ? `${dataFolder} can be written` : `${nearest} cannot be written (${why})`,
      ...(why === undefined ? {} : { fix: 'name another folder with --data or GAITWAY_DATA' }),
    },
  ];
};

function tryPort(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)));
  });
}

function text(value: number | null): string {
  if (value === null) return 'an unknown number';
  return Number.isFinite(value) ? value.toLocaleString('en-US') : 'unlimited';
}
