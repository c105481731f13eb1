import { EXIT_CODE } from '@gaitway/contract';
import { realClock, type ServerLog, type ServerSettings, startServer } from '@gaitway/reference-server';
import { OwnServer } from '@gaitway/scenarios';
import { Fault } from '../fault.ts';
import { type Interrupts, listenForInterrupts } from './interrupts.ts';
import { instanceSettings } from './server-settings.ts';

/** Servers that listen: where, and how to end them. */
interface Serving {
  urls: string[];
  /** Resolves when one ends that nobody asked to; never where that would end this process too. */
  broken: Promise<string>;
  stop(): Promise<void>;
}

export interface ServeHooks {
  log: ServerLog;
  /** Everything listens. */
  ready(urls: readonly string[]): void;
}

/**
 * Serves until a signal comes, then lets devices go, archives and closes. One instance lives in this process;
 * several are processes of their own. Throws what stops it from starting.
 */
export async function serve(settings: ServerSettings, instances: number, hooks: ServeHooks): Promise<void> {
  const { log } = hooks;
  const interrupts = listenForInterrupts(
    (line) => log.info(line),
    () => 'Draining: devices are told to go elsewhere.',
  );
  try {
    const serving =
      instances === 1
        ? await serveHere(instanceSettings(settings, 0), log)
        : await serveForked(settings, instances, log, interrupts);
    hooks.ready(serving.urls);
    const asked = new Promise<undefined>((resolve) => {
      if (interrupts.first.aborted) resolve(undefined);
      interrupts.first.addEventListener('abort', () => resolve(undefined));
    });
    const broken = await Promise.race([asked, serving.broken]);
    await serving.stop();
    if (broken !== undefined) {
      throw new Fault(
        'instance_ended',
        `${broken}, and nobody asked it to; the other instances were stopped`,
        'The warnings above may say why.',
        EXIT_CODE.bug,
      );
    }
    log.info('Stopped.');
  } finally {
    interrupts.close();
  }
}

async function serveHere(settings: ServerSettings, log: ServerLog): Promise<Serving> {
  const server = await startServer(settings, realClock, log);
  return { urls: [server.url], broken: new Promise(() => {}), stop: () => server.stop() };
}

async function serveForked(
  settings: ServerSettings,
  instances: number,
  log: ServerLog,
  interrupts: Interrupts,
): Promise<Serving> {
  const servers: OwnServer[] = [];
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop(settings.drainSpreadMs)));
  };
  try {
    for (let instance = 0; instance < instances; instance++) {
      const own = instanceSettings(settings, instance);
      const server = await OwnServer.start(own.instance, own, realClock, {
        kill: interrupts.second,
        warn: (says) => log.warn(`${own.instance}: ${says}`),
      });
      servers.push(server);
      const { stores } = server;
      log.info(
        `${own.instance}: ${own.roles.join(', ')} at ${server.url}; log ${stores.log}, archive ${stores.archive}, cache ${stores.cache}`,
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const broken = new Promise<string>((resolve) => {
    for (const server of servers) {
      server.onEnd(() => resolve(server.endedBecause ?? 'an instance ended'));
    }
  });
  return { urls: servers.map(({ url }) => url), broken, stop };
}
