import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Archive,
  LmdbArchive,
  openLmdbEnvironment,
  openMongoArchive,
  RETENTION_DEFAULT,
  realClock,
} from '@gaitway/reference-server';
import { MongoClient } from 'mongodb';
import { type Benchmark, repeated } from './benchmark.ts';
import { type BenchRow, rowOf, spreadOf } from './row.ts';
import { windowDocument } from './window-documents.ts';

const BULK = 100;
const PATIENTS = 1000;
const MINUTE_MS = 60_000;

/** Window documents into the archive, in bulks as a processor saves them. */
export const archive: Benchmark = {
  name: 'archive',
  says: 'window documents per second, embedded and over the MongoDB protocol',
  long: false,
  estimateSeconds: ({ repeats, mongoUrl }) => repeats * (mongoUrl ? 10 : 3),
  async run(context) {
    const { mongoUrl, quick } = context;
    const documents = quick ? 5000 : 20_000;
    const rows = rowsOf(
      'embedded archive',
      await repeated(context, `${documents} documents into the embedded archive`, () => embedded(documents)),
    );
    if (mongoUrl === undefined) {
      context.leftOut('archive over the MongoDB protocol: set GAITWAY_MONGO_URL');
      return rows;
    }
    const fewer = documents / 4;
    const what = `${fewer} documents over the MongoDB protocol`;
    const measured = await repeated(context, what, (repeat) => mongo(mongoUrl, fewer, repeat));
    return [...rows, ...rowsOf('archive over the MongoDB protocol', measured)];
  },
};

interface Figures {
  documentsPerSecond: number;
  cpuMicrosPerDocument: number;
}

function rowsOf(name: string, figures: readonly Figures[]): BenchRow[] {
  return [
    rowOf(`${name}, documents per second`, '1/s', spreadOf(figures.map((one) => one.documentsPerSecond))),
    rowOf(
      `${name}, CPU of the server process per document`,
      'us',
      spreadOf(figures.map((one) => one.cpuMicrosPerDocument)),
    ),
  ];
}

async function embedded(documents: number): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-bench-'));
  const environment = openLmdbEnvironment(folder, 'process');
  const store = new LmdbArchive(environment);
  try {
    return await save(store, documents);
  } finally {
    await store.close();
    await environment.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In a database of its own, which is dropped afterwards. */
async function mongo(url: string, documents: number, repeat: number): Promise<Figures> {
  const own = new URL(url);
  own.pathname = `/gaitway-bench-${process.pid}-${repeat}`;
  const store = await openMongoArchive(own.href, { clock: realClock, retention: RETENTION_DEFAULT });
  try {
    return await save(store, documents);
  } finally {
    await store.close();
    const client = new MongoClient(own.href);
    await client.db().dropDatabase();
    await client.close();
  }
}

async function save(store: Archive, documents: number): Promise<Figures> {
  const firstMs = Math.floor(Date.now() / MINUTE_MS - documents / PATIENTS - 1) * MINUTE_MS;
  const bulks = Array.from({ length: documents / BULK }, (_, bulk) =>
    Array.from({ length: BULK }, (_, i) => {
      const n = bulk * BULK + i;
      return windowDocument(n % PATIENTS, firstMs + Math.floor(n / PATIENTS) * MINUTE_MS);
    }),
  );
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  for (const bulk of bulks) await store.saveWindows(bulk);
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { documentsPerSecond: documents / seconds, cpuMicrosPerDocument: (user + system) / documents };
}
