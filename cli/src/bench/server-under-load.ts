import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type FromServerProcess,
  SERVER_SETTINGS_DEFAULT,
  type ServerSettings,
  type ToServerProcess,
} from '@gaitway/reference-server';
import { BenchProcess } from './child-process.ts';
import type { LoadAnswer, LoadFigures, LoadOrder } from './processes/device-load.ts';
import type { ProbeAnswer, ProbeQuestion } from './processes/probe.ts';

export const BENCH_SECRET = 'a secret of the benchmarks, of no use to anyone';

/** A server process that is up, whichever program it runs. */
export interface StartedServer {
  process: BenchProcess;
  url: string;
  stop(): Promise<void>;
}

const PROBED = ['--expose-gc'];

/** The least that a gateway on socket.io can be. */
export async function startEchoServer(nodeArguments: readonly string[] = []): Promise<StartedServer> {
  const process = new BenchProcess(
    'the bare socket.io server',
    new URL('./processes/echo-server.js', import.meta.url).href,
    [...PROBED, ...nodeArguments],
  );
  const { url } = await process.heard<{ url: string }>('ready');
  return { process, url, stop: () => process.end() };
}

/** The reference server with a data folder of its own, which goes when it stops. */
export async function startReferenceServer(
  over: Partial<ServerSettings>,
  nodeArguments: readonly string[] = [],
): Promise<StartedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-bench-'));
  const process = new BenchProcess(
    'the reference server',
    new URL('./processes/probed-server.js', import.meta.url).href,
    [...PROBED, ...nodeArguments],
  );
  const settings: ServerSettings = {
    ...SERVER_SETTINGS_DEFAULT,
    port: 0,
    instance: 'bench',
    dataFolder: join(folder, 'data'),
    tokenSecret: BENCH_SECRET,
    instanceRatePerSecond: 1e6,
    instanceBurst: 1e6,
    apiRatePerSecond: 1e6,
    apiBurst: 1e6,
    ...over,
  };
  const start: ToServerProcess = { type: 'start', settings };
  const { url } = await process.ask<Extract<FromServerProcess, { type: 'ready' }>>(start, 'ready');
  return {
    process,
    url,
    async stop() {
      const stop: ToServerProcess = { type: 'stop', drainMs: 0 };
      await process.ask(stop, 'stopped').catch(() => {});
      await process.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface ServerLoad {
  connections: number;
  perSecond: number;
  warmUpSeconds: number;
  seconds: number;
}

export interface ServerFigures extends LoadFigures {
  cpuMicrosPerReading: number;
  /** Resident memory and heap that an idle connection adds, kB. */
  rssKbPerConnection: number;
  heapKbPerConnection: number;
}

/** Enough to have every code path compiled before memory is first read. */
const FIRST = { connections: 100, perSecond: 500, seconds: 2 };

/**
 * Puts a load on a server and measures the server. `during` is called right before and right after the
 * measured part. Throws when a reading was refused or not answered: the figures would not be of what was asked.
 */
export async function measureServer(
  server: StartedServer,
  { connections, perSecond, warmUpSeconds, seconds }: ServerLoad,
  during: (begins: boolean) => Promise<void> = async () => {},
): Promise<ServerFigures> {
  const load = new BenchProcess(
    'the load of the benchmark',
    new URL('./processes/device-load.js', import.meta.url).href,
  );
  const order = <Answer>(message: LoadOrder, answer: LoadAnswer['type']) => load.ask<Answer>(message, answer);
  const probe = (collect: boolean) => {
    const question: ProbeQuestion = { type: 'probe', collect };
    return server.process.ask<ProbeAnswer>(question, 'probed');
  };
  const connect = (count: number) =>
    order({ type: 'connect', url: server.url, connections: count, tokenSecret: BENCH_SECRET }, 'connected');
  try {
    await connect(FIRST.connections);
    await order({ type: 'send', perSecond: FIRST.perSecond, seconds: FIRST.seconds }, 'sent');
    await order({ type: 'leave' }, 'left');
    const empty = await probe(true);
    await connect(connections);
    const idle = await probe(true);
    await order({ type: 'send', perSecond, seconds: warmUpSeconds }, 'sent');
    await during(true);
    const before = await probe(false);
    const figures = await order<LoadFigures>({ type: 'send', perSecond, seconds }, 'sent');
    const after = await probe(false);
    await during(false);
    if (figures.acknowledged < figures.sent) {
      throw new Error(
        `${figures.sent - figures.acknowledged} of ${figures.sent} readings were not acknowledged ` +
          `(${figures.rejected} refused): the figures would not be of what was asked`,
      );
    }
    const kb = (bytes: number) => bytes / 1024 / connections;
    return {
      ...figures,
      cpuMicrosPerReading: (after.cpuMicros - before.cpuMicros) / figures.acknowledged,
      rssKbPerConnection: kb(idle.rssBytes - empty.rssBytes),
      heapKbPerConnection: kb(idle.heapBytes - empty.heapBytes),
    };
  } finally {
    await load.end();
  }
}
