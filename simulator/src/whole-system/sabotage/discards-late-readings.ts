import type { ServerParts } from '../simulated-server.ts';
import { standIn } from '../stand-in.ts';

/** A reading that comes after its window has closed is nobody's. Needs outages, after which devices send what they held. */
export function discardsLateReadings(): ServerParts {
  return {
    processorArchive: (archive) =>
      standIn(archive, {
        saveWindows: async (windows) => {
          await archive.saveWindows(windows.filter(({ lateReadings }) => lateReadings === 0));
          return windows.map(() => 'saved' as const);
        },
      }),
  };
}
