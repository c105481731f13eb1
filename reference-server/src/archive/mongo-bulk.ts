import { type Clock, uniform } from '@gaitway/contract';
import {
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';

/** Operations in one request. At about 4 kB a window document it stays far below the 48 MB that a request may have. */
const CHUNK_OPERATIONS = 500;
const TRIES_MAX = 5;
const RETRY_DELAY_MS = { first: 50, most: 2000 };
const DUPLICATE_KEY = 11000;

/**
 * Codes of failures that pass by themselves: a conflict with another write, a primary that steps down or is
 * not yet known, a shutdown, a time limit. Source: the server's error_codes.yml, the category RetriableError.
 */
const PASSING_CODES: ReadonlySet<number> = new Set([
  6, 7, 89, 91, 112, 134, 189, 262, 317, 358, 384, 9001, 10107, 11600, 11602, 13435, 13436,
]);

/**
 * Carries out operations in no particular order, in chunks, and repeats those that failed for a reason that
 * passes (a lost connection: all of the chunk, since what was carried out is unknown). So each must be fit to
 * be repeated. Returns the operations, by index, that met a document of the same `_id`: an insert, or an
 * upsert whose filter did not match it. Throws what does not pass, or does not pass in time.
 */
export async function writeUnordered<Stored extends Document>(
  collection: Collection<Stored>,
  operations: readonly AnyBulkWriteOperation<Stored>[],
  clock: Clock,
): Promise<number[]> {
  const duplicates: number[] = [];
  for (let from = 0; from < operations.length; from += CHUNK_OPERATIONS) {
    const chunk = operations.slice(from, from + CHUNK_OPERATIONS);
    for (const index of await writeChunk(collection, chunk, clock)) duplicates.push(from + index);
  }
  return duplicates;
}

async function writeChunk<Stored extends Document>(
  collection: Collection<Stored>,
  operations: readonly AnyBulkWriteOperation<Stored>[],
  clock: Clock,
): Promise<number[]> {
  const duplicates: number[] = [];
  let pending = operations.map((_, index) => index);
  for (let attempt = 1; ; attempt++) {
    try {
      await collection.bulkWrite(
        pending.map((index) => operations[index]!),
        { ordered: false },
      );
      return duplicates;
    } catch (error) {
      const outcome = outcomeOf(error, pending.length);
      for (const at of outcome.duplicates) duplicates.push(pending[at]!);
      pending = outcome.again.map((at) => pending[at]!);
      if (pending.length === 0) return duplicates;
      if (attempt === TRIES_MAX) throw error;
    }
    await retryDelay(attempt, clock);
  }
}

/** Which operations of a request failed, and how. Throws the error when it is not one that passes. */
function outcomeOf(error: unknown, operations: number): { duplicates: number[]; again: number[] } {
  const writeErrors = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
  if (writeErrors.length === 0) {
    if (!passes(error)) throw error;
    return { duplicates: [], again: Array.from({ length: operations }, (_, at) => at) };
  }
  const duplicates: number[] = [];
  const again: number[] = [];
  for (const { code, index } of writeErrors) {
    if (code === DUPLICATE_KEY) duplicates.push(index);
    else if (PASSING_CODES.has(code)) again.push(index);
    else throw error;
  }
  return { duplicates, again };
}

/** `true`: the same request may well succeed a little later. */
function passes(error: unknown): boolean {
  // A bulk write wraps what befell its connection.
  if (error instanceof MongoBulkWriteError && error.errorResponse instanceof Error)
    return passes(error.errorResponse);
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (error instanceof MongoServerError && PASSING_CODES.has(Number(error.code))) return true;
  return error instanceof MongoError && error.hasErrorLabel('RetryableWriteError');
}

/**
 * Carries out one write, again while it fails for a reason that passes. Two upserts of one `_id` at once are
 * such a reason: the one that came second finds the document when it tries again.
 */
export async function writeAgain<Result>(write: () => Promise<Result>, clock: Clock): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (!(metDocument(error) || passes(error)) || attempt === TRIES_MAX) throw error;
    }
    await retryDelay(attempt, clock);
  }
}

/** `true`: a document of the same `_id` is there. */
export function metDocument(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/**
 * Half of it by chance, so that those who failed together do not come again together. The chance is in the clock's
 * microseconds, which differ from one failure and one process to the next.
 */
function retryDelay(attempt: number, clock: Clock): Promise<void> {
  const most = Math.min(RETRY_DELAY_MS.most, RETRY_DELAY_MS.first * 2 ** (attempt - 1));
  const delayMs = most * (0.5 + uniform(Math.floor(clock.monotonicMs() * 1000), attempt) / 2);
  return new Promise((resolve) => clock.setTimer(delayMs, resolve));
}
