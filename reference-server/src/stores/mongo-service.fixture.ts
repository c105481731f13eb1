import { randomUUID } from 'node:crypto';
import { type Db, MongoClient } from 'mongodb';

/** A database that nobody else uses, and how to get rid of it. */
export interface OwnMongoDatabase {
  url: string;
  database: Db;
  clear(): Promise<void>;
}

export function ownMongoDatabase(url: string): OwnMongoDatabase {
  const own = new URL(url);
  own.pathname = `gaitway-test-${randomUUID()}`;
  const client = new MongoClient(url);
  const database = client.db(own.pathname.slice(1));
  return {
    url: own.href,
    database,
    clear: async () => {
      await database.dropDatabase();
      await client.close();
    },
  };
}
