import { StoreFault, withoutPassword } from './store-fault.ts';

export interface RedisNode {
  host: string;
  port: number;
}

/** Where Redis is, and which kind of Redis it is. */
export interface RedisAddress {
  kind: 'node' | 'sentinel' | 'cluster';
  nodes: RedisNode[];
  /** Sentinel only: the name of the group of nodes that is asked for. */
  master: string;
  username?: string;
  password?: string;
  database: number;
  tls: boolean;
}

const DEFAULT_PORT = { node: 6379, sentinel: 26379, cluster: 6379 } as const;

const FORMS =
  'Write redis://HOST:PORT for one node, redis+sentinel://HOST:PORT,HOST:PORT/MASTER for Sentinel, or ' +
  'redis+cluster://HOST:PORT,HOST:PORT for a Cluster; rediss instead of redis for TLS; USER:PASSWORD@ before ' +
  'the first host where one is needed.';

/** Reads the address of a Redis, in one of three forms; anything else is a {@link StoreFault}. */
export function parseRedisAddress(url: string): RedisAddress {
  const parts = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?#]+)(\/[^?#]*)?$/.exec(url);
  if (!parts) throw wrongAddress(url, 'is not the address of a Redis.');
  const kind = (parts[2] ?? 'node') as RedisAddress['kind'];
  const nodes = parts[4]!.split(',').map((node) => parseNode(node, DEFAULT_PORT[kind], url));
  if (kind === 'node' && nodes.length > 1)
    throw wrongAddress(url, 'names several nodes, but not what they form.');

  const path = (parts[5] ?? '').split('/').filter((piece) => piece !== '');
  const master = kind === 'sentinel' ? path.shift() : '';
  if (master === undefined) throw wrongAddress(url, 'names no master for Sentinel to look up.');
  const databaseText = path.shift() ?? '0';
  const database = Number(databaseText);
  if (!/^\d+$/.test(databaseText) || path.length > 0) {
    throw wrongAddress(url, `has a path that is no database number: "${parts[5]}".`);
  }
  if (kind === 'cluster' && database !== 0)
    throw wrongAddress(url, 'asks for a database, which a Cluster lacks.');

  const address: RedisAddress = { kind, nodes, master, database, tls: parts[1] === 'rediss' };
  const [username, password] = (parts[3] ?? '').split(':', 2).map(decodeURIComponent);
  if (username) address.username = username;
  if (password) address.password = password;
  return address;
}

function parseNode(text: string, defaultPort: number, url: string): RedisNode {
  const parts = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text);
  const port = Number(parts?.[2] ?? defaultPort);
  if (!parts || port < 1 || port > 65535)
    throw wrongAddress(url, `has a host that cannot be read: "${text}".`);
  return { host: parts[1]!.replace(/^\[|\]$/g, ''), port };
}

function wrongAddress(url: string, says: string): StoreFault {
  return new StoreFault('redis_url', `${withoutPassword(url)} ${says}`, FORMS);
}
