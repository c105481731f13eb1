import type { ServerSettings } from '@gaitway/reference-server';
import { type BenchContext, type Benchmark, repeated } from './benchmark.ts';
import { emptyRedisDatabase } from './redis-database.ts';
import { type BenchRow, rowOf, spreadOf } from './row.ts';
import {
  measureServer,
  type ServerFigures,
  type ServerLoad,
  startEchoServer,
  startReferenceServer,
} from './server-under-load.ts';

/** Only what stands between the socket and the durable log: no windows, no archive. */
const GATEWAY: Partial<ServerSettings> = { roles: ['gateway', 'api'] };

const BARE = 'bare socket.io';

interface Turn {
  bare: ServerFigures;
  embedded: ServerFigures;
  redis?: ServerFigures & { redisCpuMicrosPerReading: number };
}

/** The gateway with its log at 5,000 readings/s, beside a bare socket.io server under the same load. */
export const gateway: Benchmark = {
  name: 'gateway',
  says: 'the gateway with its reading log beside a bare socket.io server',
  long: false,
  estimateSeconds: ({ repeats, quick, redisUrl }) => repeats * (redisUrl ? 3 : 2) * (quick ? 16 : 20),
  async run(context) {
    if (!context.redisUrl) context.leftOut('gateway with Redis: set GAITWAY_REDIS_URL');
    const turns = await repeated(context, '5,000 readings/s over 2,500 connections to each server', () =>
      turn(context),
    );
    const rows = [...rowsOf('embedded log', turns, (one) => one.embedded)];
    if (turns[0]?.redis) {
      rows.push(
        ...rowsOf('Redis log', turns, (one) => one.redis!),
        rowOf(
          'Redis log, CPU of the Redis process per reading',
          'us',
          spreadOf(turns.map((one) => one.redis!.redisCpuMicrosPerReading)),
          { goal: { of: 'value', atMost: 2 } },
        ),
      );
    }
    return rows;
  },
};

function rowsOf(name: string, turns: readonly Turn[], of: (turn: Turn) => ServerFigures): BenchRow[] {
  const row = (says: string, unit: string, figure: keyof ServerFigures, atMost?: number) =>
    rowOf(`gateway with ${name}, ${says}`, unit, spreadOf(turns.map((one) => of(one)[figure])), {
      alternative: { name: BARE, ...spreadOf(turns.map((one) => one.bare[figure])) },
      ...(atMost === undefined ? {} : { goal: { of: 'ratio', atMost } }),
    });
  return [
    row('CPU per reading', 'us', 'cpuMicrosPerReading', 1.4),
    // Judged by what is in use: pages that were resident before are used again, and make RSS look too good.
    row('heap and buffers per idle connection', 'kB', 'heapKbPerConnection', 1),
    row('growth of RSS per idle connection', 'kB', 'rssKbPerConnection'),
    row('acknowledgement p99 from due time', 'ms', 'ackP99Ms'),
  ];
}

async function turn({ quick, redisUrl }: BenchContext): Promise<Turn> {
  const load: ServerLoad = {
    connections: 2500,
    perSecond: 5000,
    warmUpSeconds: 3,
    seconds: quick ? 4 : 8,
  };
  const bare = await under(startEchoServer(), (server) => measureServer(server, load));
  const embedded = await under(startReferenceServer(GATEWAY), (server) => measureServer(server, load));
  if (!redisUrl) return { bare, embedded };
  const database = await emptyRedisDatabase(redisUrl);
  try {
    let redisMicros = 0;
    const figures = await under(
      startReferenceServer({ ...GATEWAY, redisUrl: database.url }),
      async (server) =>
        measureServer(server, load, async (begins) => {
          redisMicros = (await database.cpuMicros()) - (begins ? 0 : redisMicros);
        }),
    );
    const redisCpuMicrosPerReading = redisMicros / figures.acknowledged;
    return { bare, embedded, redis: { ...figures, redisCpuMicrosPerReading } };
  } finally {
    await database.release();
  }
}

async function under<Server extends { stop(): Promise<void> }, Result>(
  starting: Promise<Server>,
  work: (server: Server) => Promise<Result>,
): Promise<Result> {
  const server = await starting;
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}
