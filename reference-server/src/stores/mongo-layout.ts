import type { Clock } from '@gaitway/contract';
import { metDocument, writeAgain } from '../archive/mongo-bulk.ts';
import type { MongoCollections } from './mongo-collections.ts';
import { LAYOUT_PARTS, type LayoutKeeper, type StoreLayout } from './store-layout.ts';

const ID = 'layout';

interface StoredLayout extends StoreLayout {
  _id: string;
}

/** The layout of what lies in MongoDB: its documents are cut by it, and with the cache off its readings too. */
export function mongoLayout(collections: MongoCollections, clock: Clock): LayoutKeeper {
  const collection = collections.of<StoredLayout>('layout');
  const kept = async () => {
    // Of the primary, whatever the URL prefers: a secondary may not have yet what was confirmed.
    const found = await collection.findOne({ _id: ID }, { readPreference: 'primary' });
    return Object.fromEntries(
      LAYOUT_PARTS.flatMap((part) => (found === null ? [] : [[part, found[part]]])),
    ) as Partial<StoreLayout>;
  };
  return {
    name: `The archive in MongoDB (${collections.where})`,
    fault: { code: 'mongo_layout', elsewhere: 'name another MongoDB database (--mongo URL/DATABASE)' },
    kept,
    keep: async (layout) => {
      // Whole or not at all: of two servers that begin it in the same moment one wins.
      await writeAgain(async () => {
        try {
          await collection.insertOne({ _id: ID, ...layout });
        } catch (error) {
          if (!metDocument(error)) throw error;
        }
      }, clock);
      return kept();
    },
  };
}
