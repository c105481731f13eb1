import type { Collection, Document, Filter } from 'mongodb';
import type { Scope } from './archive.ts';

/** What a caller may see: the patients and the wards of the scope together. */
export function inScope<Stored extends Document>(
  scope: Scope,
  patientField: 'patient' | '_id',
): Filter<Stored> {
  const either: Document[] = [];
  if (scope.patients) either.push({ [patientField]: { $in: [...scope.patients] } });
  if (scope.wards) either.push({ ward: { $in: [...scope.wards] } });
  return (either.length === 0 ? {} : either.length === 1 ? either[0] : { $or: either }) as Filter<Stored>;
}

/**
 * Splits things into rounds in which no key comes twice, in their order: operations of one bulk write may be
 * carried out in any order, so those of one document must not meet in it.
 */
export function roundsOfDistinct<Thing>(
  things: readonly Thing[],
  keyOf: (thing: Thing) => string,
): number[][] {
  const rounds: number[][] = [];
  const seen = new Map<string, number>();
  for (const [index, thing] of things.entries()) {
    const key = keyOf(thing);
    const round = seen.get(key) ?? 0;
    seen.set(key, round + 1);
    const members = rounds[round];
    if (members) members.push(index);
    else rounds.push([index]);
  }
  return rounds;
}

/** Has MongoDB delete each document of a collection when the moment in its `expiresAt` has come. */
export async function expireBy<Stored extends Document>(collection: Collection<Stored>): Promise<void> {
  await collection.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
}
