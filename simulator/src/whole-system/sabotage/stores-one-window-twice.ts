import type { WindowDocument } from '@gaitway/contract';
import type { ServerParts } from '../simulated-server.ts';
import { standIn } from '../stand-in.ts';

/** One window in `oneIn` is in the archive under two ids. */
export function storesOneWindowTwice(oneIn: number): ServerParts {
  return {
    archiveReadBack: (archive) =>
      standIn(archive, {
        async *scanWindows(fromMs: number, toMs: number, pageSize: number): AsyncIterable<WindowDocument[]> {
          let seen = 0;
          for await (const page of archive.scanWindows(fromMs, toMs, pageSize)) {
            yield page.flatMap((window) => (++seen % oneIn === 0 ? [window, { ...window }] : [window]));
          }
        },
      }),
  };
}
