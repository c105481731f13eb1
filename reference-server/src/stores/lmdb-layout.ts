import type { LmdbEnvironment } from './lmdb-environment.ts';
import type { LayoutKeeper, StoreLayout } from './store-layout.ts';

const KEY = 'layout';

/** The layout of the embedded stores in a data folder. It lies beside what it describes, and is as durable. */
export function lmdbLayout(environment: LmdbEnvironment, dataFolder: string): LayoutKeeper {
  const database = environment.database<StoreLayout, string>('layout', { encoding: 'msgpack' });
  const found = database.get(KEY);
  return {
    name: `The data folder ${dataFolder}`,
    fault: { code: 'folder_layout', elsewhere: 'name another data folder (--data)' },
    kept: async () => found ?? {},
    keep: async (layout) => {
      if (found) return found;
      await environment.batch((batch) => batch.put(database, KEY, layout));
      return layout;
    },
  };
}
