import { resolve } from 'node:path';

/** Where embedded stores, the token secret and run records go, unless a flag says otherwise. */
export const DATA_FOLDER_DEFAULT = '.gaitway';

/** Within the data folder: what `gaitway server start` keeps. A run has stores of its own in its folder. */
export const SERVER_FOLDER = 'server';

export function dataFolderOf(flag: string | undefined): string {
  return resolve(flag ?? process.env.GAITWAY_DATA ?? DATA_FOLDER_DEFAULT);
}
