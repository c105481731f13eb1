/**
 * Imported into a server process, so that a bare socket.io server and the reference server are looked at in
 * the same way: CPU since the start, memory now.
 */
export interface ProbeQuestion {
  type: 'probe';
  /** Collect garbage first, so that only what is held is counted. Needs `--expose-gc`. */
  collect: boolean;
}

export interface ProbeAnswer {
  type: 'probed';
  cpuMicros: number;
  rssBytes: number;
  /** JavaScript heap in use, and memory that hangs on it. */
  heapBytes: number;
}

const COLLECTIONS = 3;
const BETWEEN_MS = 100;

async function answer({ collect }: ProbeQuestion): Promise<void> {
  // A turn apart: handles that were closed let go of their memory only after their callbacks ran.
  for (let round = 0; collect && round < COLLECTIONS; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const probed: ProbeAnswer = {
    type: 'probed',
    cpuMicros: user + system,
    rssBytes: rss,
    heapBytes: heapUsed + external,
  };
  process.send?.(probed);
}

process.on('message', (message: { type?: unknown }) => {
  if (message.type === 'probe') void answer(message as ProbeQuestion);
});
