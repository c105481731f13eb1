import { MemoryArchive } from '../archive/memory-archive.ts';
import { createPrometheusMeter } from '../observe/prometheus-meter.ts';
import { buildApi } from './api.ts';

/** `docs/openapi.json`: what a server answers at `/v1/openapi.json`. It holds nothing of a particular server. */
export async function openApiDocument(): Promise<string> {
  const meter = createPrometheusMeter();
  const nothing = { id: '', partitions: 0, partitionsDone: 0, done: true };
  const api = buildApi({
    archive: new MemoryArchive(),
    clock: { epochMs: () => 0, monotonicMs: () => 0, setTimer: () => 0, clearTimer: () => {} },
    tokenSecret: '',
    meter,
    metricsText: () => meter.metricsText(),
    readiness: [],
    allowance: { ratePerSecond: 1, burst: 1 },
    control: { closeOpenWindows: async () => nothing, closingProgress: async () => nothing },
    insights: { spanMsMax: 0, request: async () => 'full' },
    imageOf: async () => undefined,
    settings: () => {
      throw new Error('the document needs no settings');
    },
  });
  try {
    const answer = await api.inject({ method: 'GET', url: '/v1/openapi.json' });
    return `${JSON.stringify(JSON.parse(answer.body), null, 2)}\n`;
  } finally {
    await api.close();
  }
}
