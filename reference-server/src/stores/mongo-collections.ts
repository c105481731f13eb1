import type { Collection, Db, Document } from 'mongodb';

/** Every collection that Gaitway has in MongoDB. */
export const MONGO_COLLECTIONS = [
  'windows',
  'alerts',
  'patients',
  'medication',
  'insights',
  'readings',
  'rollOuts',
  'layout',
] as const;
export type MongoCollectionName = (typeof MONGO_COLLECTIONS)[number];

/**
 * The collections of one pipeline. In a database that several share, those of each begin with a prefix of its own.
 * Not a database for each: who may read and write in one may rarely make others.
 */
export class MongoCollections {
  private readonly database: Db;
  private readonly prefix: string;

  constructor(database: Db, prefix = '') {
    this.database = database;
    this.prefix = prefix;
  }

  of<Stored extends Document>(name: MongoCollectionName): Collection<Stored> {
    return this.database.collection(this.nameOf(name));
  }

  nameOf(name: MongoCollectionName): string {
    return this.prefix === '' ? name : `${this.prefix}.${name}`;
  }

  /** Where they are, as a message says it. */
  get where(): string {
    const { databaseName } = this.database;
    return `database ${databaseName}${this.prefix === '' ? '' : `, collections ${this.prefix}.*`}`;
  }

  /** Which of them are there. */
  async existing(): Promise<MongoCollectionName[]> {
    // Filtered here: a simple server gives all, whichever it was asked for.
    const found = await this.database.listCollections({}, { nameOnly: true }).toArray();
    const names = new Set(found.map(({ name }) => name));
    return MONGO_COLLECTIONS.filter((name) => names.has(this.nameOf(name)));
  }
}
