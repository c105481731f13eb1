import { WriteConcern } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { connectMongo, mongoDurability } from './mongo-connection.ts';

describe('the address of a MongoDB', () => {
  it.each(['localhost:27017', 'mongodb://', 'mongodb://a:b:c', 'mongodb://a/?nonsense=1'])(
    '%s is refused',
    async (url) => {
      await expect(connectMongo(url)).rejects.toMatchObject({
        code: 'mongo_url',
        message: expect.stringContaining('Write mongodb://HOST:PORT/DATABASE'),
      });
    },
  );

  it('where nothing listens is an error that says where and what to do, without the password', async () => {
    const url = 'mongodb://me:secret@127.0.0.1:1/x';
    const refusal = await connectMongo(url, { serverSelectionMs: 200 }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'mongo_unreachable',
      message: expect.stringMatching(
        /^No MongoDB answers at mongodb:\/\/127\.0\.0\.1:1\/x: .*ECONNREFUSED.* Start it/,
      ),
    });
    expect(String(refusal)).not.toContain('secret');
  });
});

describe('what a confirmed write to a MongoDB outlives', () => {
  it.each([
    { concern: new WriteConcern('majority', undefined, true), level: 'machine' },
    { concern: new WriteConcern('majority', undefined, false), level: 'process' },
    { concern: new WriteConcern(1), level: 'process' },
    { concern: undefined, level: 'process' },
  ])('with the write concern $concern: $level, by its word', ({ concern, level }) => {
    expect(mongoDurability(concern)).toMatchObject({ level, known: 'declared' });
  });
});
