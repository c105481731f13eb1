import type { ServerParts } from '../simulated-server.ts';
import { standIn } from '../stand-in.ts';

/** Closes windows 20 s before their end, and takes no reading into one that is closed. */
export function closesWindowsEarly(): ServerParts {
  return {
    allowedLatenessMs: -20_000,
    processorArchive: (archive) =>
      standIn(archive, {
        saveWindows: async (windows) => {
          await archive.saveWindows(windows.filter(({ revision }) => revision === 1));
          return windows.map(() => 'saved' as const);
        },
      }),
  };
}
