import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  LmdbArchive,
  mintToken,
  openDataFolder,
  openLmdbEnvironment,
  realClock,
} from '@gaitway/reference-server';
import { patientAt } from '@gaitway/simulator';
import { type Benchmark, repeated } from './benchmark.ts';
import { rowOf, spreadOf } from './row.ts';
import { jsonLines, runScript } from './script.ts';
import { BENCH_SECRET, startReferenceServer } from './server-under-load.ts';
import { windowDocument } from './window-documents.ts';

const CONNECTIONS = 10;
const WINDOWS = 60;
const MINUTE_MS = 60_000;

/** What autocannon reports; `errors` and `non2xx` must be zero. */
interface AutocannonReport {
  requests: { average: number };
  errors: number;
  non2xx: number;
}

/**
 * The ceiling of the API. As many requests as ten connections get answered: autocannon's own rate limit is
 * not used, since it measures from when a request was sent, not from when it was due.
 */
export const http: Benchmark = {
  name: 'http',
  says: 'the ceiling of GET /v1/patients/{id}/windows, with cache and without',
  long: false,
  estimateSeconds: ({ repeats, quick }) => repeats * (quick ? 9 : 17),
  async run(context) {
    const seconds = context.quick ? 2 : 5;
    const turns = await repeated(context, `an hour of windows over ${CONNECTIONS} connections`, async () => ({
      on: await requestsPerSecond('on', seconds),
      off: await requestsPerSecond('off', seconds),
    }));
    return [
      rowOf(
        'API, requests per second for the windows of an hour, cache on',
        '1/s',
        spreadOf(turns.map((turn) => turn.on)),
        { alternative: { name: 'cache off', ...spreadOf(turns.map((turn) => turn.off)) } },
      ),
    ];
  },
};

async function requestsPerSecond(cache: 'on' | 'off', seconds: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-bench-'));
  const dataFolder = join(folder, 'data');
  await fill(dataFolder);
  const server = await startReferenceServer({ dataFolder, cache });
  try {
    const nowMs = Date.now();
    const token = mintToken({ role: 'operator', operator: 'bench' }, BENCH_SECRET, 3600, nowMs);
    const fromMs = Math.floor(nowMs / MINUTE_MS - WINDOWS) * MINUTE_MS;
    const query = new URLSearchParams({
      from: new Date(fromMs).toISOString(),
      to: new Date(fromMs + WINDOWS * MINUTE_MS).toISOString(),
    });
    const { patient } = patientAt(0, 1);
    const autocannon = createRequire(import.meta.url).resolve('autocannon/autocannon.js');
    const output = await runScript(
      pathToFileURL(autocannon).href,
      [
        '--json',
        ...[
          '-c',
          String(CONNECTIONS),
          '-d',
          String(seconds),
          '-W',
          '[',
          '-c',
          String(CONNECTIONS),
          '-d',
          '1',
          ']',
        ],
        ...['-H', `authorization=Bearer ${token}`, `${server.url}/v1/patients/${patient}/windows?${query}`],
      ],
      { limitSeconds: 60 },
    );
    // The warm-up reports first.
    const report = jsonLines<AutocannonReport>(output).at(-1);
    if (!report) throw new Error('autocannon reported nothing');
    if (report.errors + report.non2xx > 0) {
      throw new Error(`${report.errors} requests failed and ${report.non2xx} were refused`);
    }
    return report.requests.average;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The last hour of one patient, in the embedded archive of a data folder. */
async function fill(dataFolder: string): Promise<void> {
  const folder = openDataFolder(dataFolder);
  const environment = openLmdbEnvironment(folder.storesFolder, 'process');
  const archive = new LmdbArchive(environment);
  await archive.savePatients([patientAt(0, 1)]);
  const firstMs = Math.floor(realClock.epochMs() / MINUTE_MS - WINDOWS) * MINUTE_MS;
  await archive.saveWindows(
    Array.from({ length: WINDOWS }, (_, minute) => windowDocument(0, firstMs + minute * MINUTE_MS)),
  );
  await archive.close();
  await environment.close();
  folder.close();
}
