import type { Clock } from '@gaitway/contract';
import { type Collection, ObjectId } from 'mongodb';
import type { RollOut } from '../infer/roll-out/roll-out.ts';
import type { MongoCollections } from '../stores/mongo-collections.ts';
import { writeUnordered } from './mongo-bulk.ts';

interface StoredRollOut extends RollOut {
  _id: string;
  /** The call that wrote it: one whose answer was lost still finds out that it was its own. */
  savedBy: ObjectId;
}

/** How far models are rolled out, in MongoDB. */
export class MongoRollOuts {
  private readonly collection: Collection<StoredRollOut>;
  private readonly clock: Clock;

  constructor(collections: MongoCollections, clock: Clock) {
    this.collection = collections.of('rollOuts');
    this.clock = clock;
  }

  async one(candidate: string): Promise<RollOut | null> {
    const found = await this.collection.findOne({ _id: candidate });
    if (found === null) return null;
    const { _id, savedBy, ...rollOut } = found;
    return rollOut;
  }

  async save(rollOut: RollOut): Promise<boolean> {
    const savedBy = new ObjectId();
    const filter = { _id: rollOut.candidate, revision: rollOut.revision - 1 };
    const update = { $set: { ...rollOut, savedBy } };
    // Only the first revision may find nothing there; of two who write it at once one meets the other's.
    const upsert = rollOut.revision === 1;
    await writeUnordered(this.collection, [{ updateOne: { filter, update, upsert } }], this.clock);
    return (await this.collection.countDocuments({ _id: rollOut.candidate, savedBy })) === 1;
  }
}
