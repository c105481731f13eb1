import { type MongoCollectionName, MongoCollections } from './mongo-collections.ts';
import { connectMongo } from './mongo-connection.ts';

/**
 * Drops what a pipeline keeps in MongoDB under this prefix, but for what is to stay. Nobody may serve it any more.
 */
export async function forgetInMongo(
  url: string,
  prefix: string,
  staying: readonly MongoCollectionName[] = [],
): Promise<void> {
  if (prefix === '') throw new RangeError('without a prefix they are the collections of everybody');
  const { client, database } = await connectMongo(url);
  try {
    const collections = new MongoCollections(database, prefix);
    const going = (await collections.existing()).filter((name) => !staying.includes(name));
    for (const name of going) await collections.of(name).drop();
  } finally {
    await client.close();
  }
}
