import type { Redis } from 'ioredis';
import type { RedisClient } from '../stores/redis-connection.ts';
import { StoreFault } from '../stores/store-fault.ts';
import type { Durability, DurabilityLevel } from './reading-log.ts';

/**
 * Reads from Redis what it keeps when it is killed, and refuses one that keeps less than was asked for.
 * `appendfsync everysec` is no level: while an fsync runs, Redis may hold its write back for up to two
 * seconds and reply all the same, so a killed process loses what it had acknowledged. In a Cluster every
 * master is asked, and the weakest counts.
 */
export async function checkRedisDurability(client: RedisClient, asked: DurabilityLevel): Promise<Durability> {
  const nodes: Redis[] = 'nodes' in client ? client.nodes('master') : [client];
  const found = await Promise.all(nodes.map((node) => durabilityOf(node, asked)));
  return (
    found.find(({ known }) => known === 'declared') ??
    found.find(({ level }) => level === 'process') ??
    found[0]!
  );
}

async function durabilityOf(node: Redis, asked: DurabilityLevel): Promise<Durability> {
  const where = `The Redis at ${node.options.host}:${node.options.port}`;
  const policy =
    (await setting(node, 'maxmemory-policy')) ?? infoField(await node.info('memory'), 'maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    throw new StoreFault(
      'redis_evicts',
      `${where} evicts keys when its memory is full (maxmemory-policy ${policy}), acknowledged readings among them.`,
      'Set maxmemory-policy noeviction: a full log then answers busy and loses nothing.',
    );
  }

  const appendonly = await setting(node, 'appendonly');
  const appendfsync = await setting(node, 'appendfsync');
  if (appendonly === undefined || appendfsync === undefined) {
    return {
      level: asked,
      known: 'declared',
      detail: 'Redis does not allow CONFIG GET; the level is the one asked for',
    };
  }
  const detail = `appendonly ${appendonly}, appendfsync ${appendfsync}, maxmemory-policy ${policy}`;
  const level = levelOf(appendonly, appendfsync);
  if (level === undefined || (asked === 'machine' && level === 'process')) {
    const needed =
      asked === 'machine'
        ? 'appendfsync always (with Redis the durability "machine" is to be had in this way only: replicas are not waited for)'
        : 'appendfsync no, or always';
    throw new StoreFault(
      'redis_not_durable',
      `${where} does not keep what it acknowledged as the durability "${asked}" asks for (${detail}).`,
      `Set appendonly yes and ${needed}${level === undefined ? '' : ', or ask for the durability "process"'}.`,
    );
  }
  return { level, known: 'checked', detail };
}

function levelOf(appendonly: string, appendfsync: string): DurabilityLevel | undefined {
  if (appendonly !== 'yes') return undefined;
  if (appendfsync === 'always') return 'machine';
  return appendfsync === 'no' ? 'process' : undefined;
}

/** `undefined`: this Redis keeps its configuration to itself, as many that are run for others do. */
async function setting(node: Redis, name: string): Promise<string | undefined> {
  try {
    const [, value] = (await node.config('GET', name)) as string[];
    return value;
  } catch (error) {
    if (error instanceof Error && /^(ERR unknown|NOPERM)/i.test(error.message)) return undefined;
    throw error;
  }
}

function infoField(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}
