import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WindowSettings } from '@gaitway/contract';
import {
  mintToken,
  realClock,
  SERVER_SETTINGS_DEFAULT,
  type ServerSettings,
} from '@gaitway/reference-server';
import { audit, type FleetLive, ledgerFilesIn, readLedger, runFleet } from '@gaitway/simulator';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { ArchiveOverHttp } from './archive-over-http.ts';
import { OwnServer } from './own-server.ts';

const redisUrl = process.env.GAITWAY_REDIS_URL;
const mongoUrl = process.env.GAITWAY_MONGO_URL;
const SECRET = 'a secret that is long enough for a test';

describe.runIf(redisUrl && mongoUrl)(
  'two instances on Redis and MongoDB, restarted one after the other',
  () => {
    it('lose nothing, count nothing twice, and turn no device away for good', async () => {
      const prefix = `gaitway-test-${randomUUID()}`;
      const archiveUrl = new URL(mongoUrl!);
      archiveUrl.pathname = prefix;
      const folder = mkdtempSync(join(tmpdir(), 'gaitway-rolling-'));
      const window: WindowSettings = { windowMs: 2000, windowOriginMs: 0, windowPhaseSpreadMs: 0 };
      const settings: ServerSettings = {
        ...SERVER_SETTINGS_DEFAULT,
        instance: '',
        dataFolder: '',
        tokenSecret: SECRET,
        redisUrl: redisUrl!,
        redisPrefix: prefix,
        mongoUrl: archiveUrl.href,
        partitions: 8,
        leaseTtlMs: 1500,
        window,
      };
      const start = (instance: string, port: number) =>
        OwnServer.start(instance, { ...settings, instance, port }, realClock);
      const running = [await start('a', 0), await start('b', 0)];
      const urls = running.map(({ url }) => url);
      const restart = async (at: number) => {
        await running[at]!.stop(1500);
        expect(running[at]!.endedBecause).toMatch(/ended with code 0$/);
        running[at] = await start(at === 0 ? 'a' : 'b', Number(new URL(urls[at]!).port));
      };
      const operator = mintToken({ role: 'operator', operator: 'test' }, SECRET, 3600, Date.now());
      let restarts: Promise<void> | undefined;
      try {
        const fleet = await runFleet(
          {
            runId: 'rolling',
            seed: 7,
            patients: 100,
            viewers: 4,
            slotMs: 1000,
            window,
            urls,
            transport: 'lean',
            workers: 1,
            tokenSecret: SECRET,
            ledgerFolder: folder,
            tightestLatencySloMs: 200,
            connectMs: 1000,
            warmUpMs: 1000,
            measureMs: 14_000,
            // A limit: it ends when everything is acknowledged.
            drainMs: 300_000,
          },
          {
            live: ({ phase }: FleetLive) => {
              if (phase === 'measure') restarts ??= restart(0).then(() => restart(1));
            },
            drained: async () => {
              await restarts;
              const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
              await new ArchiveOverHttp(urls[1]!, operator).closeOpenWindows(300_000, wait);
            },
          },
        );
        const { all, reconnects, devicesBarred } = fleet.counters;
        expect(all.acknowledged).toBe(all.due);
        expect(all.due).toBeGreaterThanOrEqual(1400);
        expect(reconnects).toBeGreaterThanOrEqual(100);
        expect(devicesBarred).toBe(0);
        const stored = new ArchiveOverHttp(urls[0]!, operator).windows(
          fleet.phases.startMs - 10_000,
          fleet.phases.drainToMs + 10_000,
        );
        const found = await audit(readLedger(ledgerFilesIn(folder)), stored, { store: 'own' });
        expect(found).toMatchObject({
          verdict: 'holds',
          lost: 0,
          duplicated: 0,
          phantom: 0,
          misattributed: 0,
          wrongContent: 0,
        });
        expect(found.compared.stored).toBe(all.due);
      } finally {
        await restarts?.catch(() => {});
        await Promise.all(running.map((server) => server.stop(0)));
        await forget(prefix);
        rmSync(folder, { recursive: true });
      }
    });
  },
);

/** Deletes what the test left in Redis and MongoDB. */
async function forget(prefix: string): Promise<void> {
  const redis = new Redis(redisUrl!);
  const keys = await redis.keys(`${prefix}:*`);
  if (keys.length > 0) await redis.unlink(keys);
  redis.disconnect();
  const client = new MongoClient(mongoUrl!);
  await client.db(prefix).dropDatabase();
  await client.close();
}
