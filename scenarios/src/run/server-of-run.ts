import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock, WindowSettings } from '@gaitway/contract';
import {
  forgetInMongo,
  forgetInRedis,
  SERVER_SETTINGS_DEFAULT,
  type ServerSettings,
} from '@gaitway/reference-server';
import { OwnServer } from './own-server.ts';
import type { RunOptions } from './run-options.ts';

export interface ServerOfRunOptions {
  /** Name of the run. */
  id: string;
  window: WindowSettings;
  clock: Clock;
  /** Arguments of Node itself. */
  nodeArguments: readonly string[];
  /** Aborted: the process is killed at once, and what it keeps in Redis and MongoDB stays. */
  kill?: AbortSignal;
  /** Hears what every key of the run in this Redis begins with, before there is one. */
  redisKeys(url: string, prefix: string): void;
}

/** The reference server that a run starts for itself. */
export interface ServerOfRun {
  readonly server: OwnServer;
  /** What its collections in MongoDB begin with, where it uses one. */
  readonly mongoPrefix?: string;
  /** Stops it and removes what it keeps in Redis and MongoDB, but for the window documents: an audit may follow. */
  end(): Promise<void>;
}

/**
 * Starts the server of a run, on keys and collections of the run's own where it uses Redis and MongoDB. They go with
 * it: at its end, and also when it cannot start, since it may have written some until then.
 */
export async function startServerOfRun(
  options: RunOptions,
  { id, window, clock, nodeArguments, kill, redisKeys }: ServerOfRunOptions,
): Promise<ServerOfRun> {
  const { redisUrl, mongoUrl } = options;
  // Its own windows need a place of their own: what other pipelines keep in the same stores is cut otherwise.
  const prefix = `gaitway-run-${id}-${randomUUID()}`;
  if (redisUrl) redisKeys(redisUrl, prefix);
  const settings = settingsOf(options, window, prefix);
  const forget = async (staying: Parameters<typeof forgetInMongo>[2]) => {
    if (kill?.aborted) return;
    if (redisUrl) await forgetInRedis(redisUrl, prefix, settings.partitions).catch(() => {});
    if (mongoUrl) await forgetInMongo(mongoUrl, prefix, staying).catch(() => {});
  };
  try {
    const server = await OwnServer.start(settings.instance, settings, clock, {
      nodeArguments,
      ...(kill ? { kill } : {}),
    });
    return {
      server,
      ...(mongoUrl ? { mongoPrefix: prefix } : {}),
      end: async () => {
        await server.stop(0);
        await forget(['windows']);
      },
    };
  } catch (error) {
    await forget([]);
    throw error;
  }
}

function settingsOf(options: RunOptions, window: WindowSettings, prefix: string): ServerSettings {
  return {
    ...SERVER_SETTINGS_DEFAULT,
    ...options.pipeline,
    port: 0,
    instance: 'server-0',
    dataFolder: join(options.folder, 'data'),
    tokenSecret: options.tokenSecret,
    cache: options.cache,
    durability: options.durability,
    redisPrefix: prefix,
    mongoPrefix: prefix,
    window,
    ...(options.redisUrl ? { redisUrl: options.redisUrl } : {}),
    ...(options.mongoUrl ? { mongoUrl: options.mongoUrl } : {}),
  };
}
