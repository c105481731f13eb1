import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAME = 'gaitway';
/** What npm puts in front of the PATH of what it starts, and no person has in theirs. */
const OF_NPM = /[\\/]node_modules[\\/]\.bin[\\/]?$/;

/**
 * What a person types to start us again: `gaitway` where a shell of theirs finds that, `npx gaitway` where only npm
 * does, as in a checkout after `npm start`.
 */
export function commandName(
  environment: NodeJS.ProcessEnv = process.env,
  isFile: (path: string) => boolean = existsSync,
  platform: NodeJS.Platform = process.platform,
): string {
  // Windows writes it Path, and starts a script by a file beside it.
  const path = environment.PATH ?? environment.Path ?? '';
  const file = platform === 'win32' ? `${NAME}.cmd` : NAME;
  const folders = path.split(delimiter).filter((folder) => folder !== '' && !OF_NPM.test(folder));
  return folders.some((folder) => isFile(join(folder, file))) ? NAME : `npx ${NAME}`;
}

/** A command line of ours, as the record of a run keeps it, as a person types it here. */
export function typed([, ...words]: readonly string[]): string {
  return [commandName(), ...words].join(' ');
}
