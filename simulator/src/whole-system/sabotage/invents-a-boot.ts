import type { WindowDocument } from '@gaitway/contract';
import type { ServerParts } from '../simulated-server.ts';
import { standIn } from '../stand-in.ts';

/** Beside one window in `oneIn` lies another, an hour earlier, of readings under a boot that its device never had. */
export function inventsABoot(oneIn: number): ServerParts {
  return {
    archiveReadBack: (archive) =>
      standIn(archive, {
        async *scanWindows(fromMs: number, toMs: number, pageSize: number): AsyncIterable<WindowDocument[]> {
          let seen = 0;
          for await (const page of archive.scanWindows(fromMs, toMs, pageSize)) {
            yield page.flatMap((window) => (++seen % oneIn === 0 ? [window, invented(window)] : [window]));
          }
        },
      }),
  };
}

const EARLIER_MS = 3_600_000;
const UNKNOWN_BOOT = 4711;

function invented(window: WindowDocument): WindowDocument {
  return {
    ...window,
    startMs: window.startMs - EARLIER_MS,
    endMs: window.endMs - EARLIER_MS,
    identities: window.identities.map((range) => ({ ...range, boot: UNKNOWN_BOOT })),
  };
}
