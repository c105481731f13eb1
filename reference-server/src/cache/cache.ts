/**
 * A cache-aside store for what viewers and the API read. A value is what the archive said at some moment
 * within the last `ttlMs`; whoever writes to the archive invalidates. It is never the only place of
 * anything.
 */
export interface Cache {
  /** The value under `key`, or `undefined`. An unreachable cache is a miss, never an error. */
  get(key: string): Promise<unknown | undefined>;
  put(key: string, value: unknown, ttlMs: number): Promise<void>;
  invalidate(keys: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
