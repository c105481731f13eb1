import type { OwnServer } from './own-server.ts';

/** The end of a run's own server, if it came before the run asked for it. */
export interface ServerEnd {
  /** That it ended by itself: the run fails by it. */
  readonly byItself: string[];
  /** That it ended with the run, which is worth a note. */
  readonly withTheRun: string[];
}

/**
 * Watches a run's own server from now on. A signal that was meant to end the run may reach its server as well: then it
 * was asked to. What was gone before the signal came was not, however soon that came.
 */
export function watchServerEnd(
  server: Pick<OwnServer, 'onEnd' | 'endedBecause'>,
  interrupt?: AbortSignal,
): ServerEnd {
  const end: ServerEnd = { byItself: [], withTheRun: [] };
  server.onEnd(() => {
    const because = server.endedBecause ?? 'server process ended';
    if (interrupt?.aborted) end.withTheRun.push(because);
    else end.byItself.push(`The ${because} during the run.`);
  });
  return end;
}
