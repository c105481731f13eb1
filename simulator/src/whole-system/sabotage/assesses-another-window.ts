import type { WindowDocument } from '@gaitway/contract';
import type { ServerParts } from '../simulated-server.ts';
import { standIn } from '../stand-in.ts';

/** Readings, digest and aggregates are right; slots and assessment are those of the window that was saved before. */
export function assessesAnotherWindow(): ServerParts {
  let before: WindowDocument | undefined;
  return {
    processorArchive: (archive) =>
      standIn(archive, {
        saveWindows: (windows) =>
          archive.saveWindows(
            windows.map((window) => {
              const { slots, assessment } = before ?? window;
              before = window;
              return { ...window, slots, assessment };
            }),
          ),
      }),
  };
}
