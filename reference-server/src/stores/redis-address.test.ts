import { describe, expect, it } from 'vitest';
import { parseRedisAddress } from './redis-address.ts';
import { connectRedis } from './redis-connection.ts';

describe('the address of a Redis', () => {
  it.each([
    [
      'redis://localhost',
      { kind: 'node', nodes: [{ host: 'localhost', port: 6379 }], database: 0, tls: false },
    ],
    ['redis://[::1]:7000/3', { kind: 'node', nodes: [{ host: '::1', port: 7000 }], database: 3 }],
    ['rediss://me:p%40ss@h:1', { username: 'me', password: 'p@ss', tls: true }],
    ['redis://:secret@h', { password: 'secret' }],
    [
      'redis+sentinel://a:1,b/main/2',
      {
        kind: 'sentinel',
        master: 'main',
        database: 2,
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 26379 },
        ],
      },
    ],
    [
      'rediss+cluster://a:1,b:2',
      {
        kind: 'cluster',
        tls: true,
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
      },
    ],
  ])('%s is read', (url, address) => {
    expect(parseRedisAddress(url)).toMatchObject(address);
  });

  it.each([
    ['localhost:6379', 'is not the address'],
    ['http://localhost', 'is not the address'],
    ['redis://', 'is not the address'],
    ['redis://a,b', 'names several nodes'],
    ['redis://a:99999', 'cannot be read: "a:99999"'],
    ['redis://a/x', 'no database number: "/x"'],
    ['redis+sentinel://a', 'names no master'],
    ['redis+cluster://a/1', 'which a Cluster lacks'],
  ])('%s is refused', (url, says) => {
    expect(() => parseRedisAddress(url)).toThrow(says);
  });

  it('is never shown with its password', () => {
    expect(() => parseRedisAddress('redis://me:secret@a/x')).toThrow(/^redis:\/\/a\/x has/);
  });

  it('where nothing listens is an error that says where and what to do, soon', async () => {
    await expect(connectRedis('redis://:secret@127.0.0.1:1')).rejects.toMatchObject({
      code: 'redis_unreachable',
      message: expect.stringMatching(
        /^No Redis answers at redis:\/\/127\.0\.0\.1:1: .*ECONNREFUSED.* Start it/,
      ),
    });
  });
});
