import type { Cache } from './cache.ts';

/** No cache: keeps nothing, so that everything is read from the archive. */
export const OFF_CACHE: Cache = {
  get: async () => undefined,
  put: async () => {},
  invalidate: async () => {},
  close: async () => {},
};
