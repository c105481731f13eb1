import {
  FrameKind,
  readFrame,
  WINDOW_SETTINGS_DEFAULT,
  windowPhaseMs,
  windowStartMs,
} from '@gaitway/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { alertsOfEvent } from '../alert/rules.ts';
import { RETENTION_DEFAULT } from '../archive/archive.ts';
import { documentOf } from '../archive/documents.fixture.ts';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { Harness } from '../gateway/running-server.fixture.ts';
import { archived, identities } from '../gateway/stored-readings.fixture.ts';
import { frameOf } from '../ingest/frames.fixture.ts';
import type { LogRecord } from '../ingest/reading-log.ts';
import type { ServerSettings } from '../settings.ts';
import { insistOnNothingLeftBehind, type LeftBehindOptions } from './left-behind.ts';
import { ownMongoDatabase } from './mongo-service.fixture.ts';
import { ownRedisKeys } from './redis-service.fixture.ts';

const redisUrl = process.env.GAITWAY_REDIS_URL;
const mongoUrl = process.env.GAITWAY_MONGO_URL;

type SwitchSettings = Pick<ServerSettings, 'dataFolder'> & Partial<ServerSettings>;

describe('readings that were left in another log', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  /** A window of two hours that is in its middle: no reading of the test is in another, and none closes by itself. */
  const inTheMiddle = () => ({
    windowMs: 7_200_000,
    windowOriginMs: Date.now() - 3_600_000,
    windowPhaseSpreadMs: 0,
  });

  /** Reports once from each device and stops while the window is open. */
  async function serve(settings: SwitchSettings, ...ids: number[]): Promise<void> {
    const server = await harness.start(settings);
    const devices = await Promise.all(ids.map((id) => harness.device(server, id)));
    for (const device of devices) expect(await device.report()).toMatchObject({ seq: 0 });
    await server.stop();
  }

  /** What a server without a gateway finds and archives. */
  async function finish(settings: SwitchSettings): Promise<string[]> {
    const server = await harness.start({ ...settings, roles: ['processor', 'api'] });
    const found = identities(await archived(server.url));
    await server.stop();
    return found;
  }

  async function expectNoneAbsent(settings: SwitchSettings): Promise<void> {
    const own = { window: inTheMiddle(), partitions: 3, ...settings };
    const [on, off] = [
      { ...own, cache: 'on' as const },
      { ...own, cache: 'off' as const },
    ];
    await serve(on, 1, 2, 3);
    await expect(harness.start(off)).rejects.toMatchObject({
      name: 'StoreFault',
      code: 'readings_left_behind',
      message: expect.stringMatching(
        /^The reading log in .* holds 3 acknowledged readings that are not archived yet .* Have them archived first: start a server with --roles processor --cache on, and the other flags as they are, for 3\d{3} s; then start this one\.$/,
      ),
    });
    expect(await finish(on)).toEqual(['1:1:0', '2:1:0', '3:1:0']);
    await serve(off, 4);
    await expect(harness.start(on)).rejects.toMatchObject({
      code: 'readings_left_behind',
      message: expect.stringMatching(/^The archive holds 1 acknowledged reading that is not .* --cache off,/),
    });
    const all = ['1:1:0', '2:1:0', '3:1:0', '4:1:0'];
    expect(await finish(off)).toEqual(all);
    // The single readings are there still, and all are known to be archived.
    await serve(on, 5);
    expect(await finish(on)).toEqual([...all, '5:1:0']);
  }

  it('keep a server from starting until they are archived, whichever way the cache was switched', async () => {
    await expectNoneAbsent({ dataFolder: harness.folder() });
  });

  it.runIf(redisUrl && mongoUrl)('do so on Redis and MongoDB', async () => {
    const redis = ownRedisKeys(redisUrl!);
    const mongo = ownMongoDatabase(mongoUrl!);
    harness.later(redis.clear);
    harness.later(mongo.clear);
    await expectNoneAbsent({
      ...{ dataFolder: '', redisUrl: redisUrl!, redisPrefix: redis.prefix, mongoUrl: mongo.url },
    });
  });

  it.runIf(redisUrl)('do so when a server on a data folder is given a Redis for its log', async () => {
    const redis = ownRedisKeys(redisUrl!);
    harness.later(redis.clear);
    const settings = { dataFolder: harness.folder(), window: inTheMiddle(), partitions: 3 };
    await serve(settings, 1);
    const onRedis = { ...settings, redisUrl: redisUrl!, redisPrefix: redis.prefix };
    await expect(harness.start(onRedis)).rejects.toThrow(
      /data folder .* holds 1 .* --roles processor --cache on, without Redis,/,
    );
    expect(await finish(settings)).toEqual(['1:1:0']);
    await serve(onRedis, 2);
  });
});

describe('the look for readings that were left behind', () => {
  const PATIENT = 'p000001';
  const window = { ...WINDOW_SETTINGS_DEFAULT, windowPhaseSpreadMs: 0 };
  const nowMs = 1_800_000_000_000;
  const startMs = windowStartMs(nowMs, windowPhaseMs(PATIENT, window), window);

  const recordOf = (over: Parameters<typeof frameOf>[0]): LogRecord => ({
    ...{ patient: PATIENT, ward: 'w0000' },
    bytes: frameOf({ startMs, ...over }),
  });
  const look = (archive: MemoryArchive, records: LogRecord[], over: Partial<LeftBehindOptions> = {}) =>
    insistOnNothingLeftBehind(
      [
        {
          name: 'The log',
          readWith: '--cache on',
          records: async function* () {
            yield records;
          },
        },
      ],
      { archive, window, allowedLatenessMs: 1000, nowMs, retention: RETENTION_DEFAULT, ...over },
    );

  it('counts those alone that their document does not hold, and says how long to wait for the last', async () => {
    const archive = new MemoryArchive();
    const records = [0, 1, 2, 3].map((seq) => recordOf({ seq }));
    const identity = { device: 7, boot: 1, fromSeq: 0, toSeq: 1 };
    const endMs = startMs + window.windowMs;
    await archive.saveWindows([documentOf(PATIENT, 0, { startMs, endMs, identities: [identity] })]);
    // A minute, a second of lateness and five of the slot; five more for the server.
    await expect(look(archive, records, { nowMs: startMs })).rejects.toThrow(
      /holds 2 acknowledged readings that are .* for 71 s;/,
    );
    await expect(look(archive, records, { nowMs: startMs + 600_000 })).rejects.toThrow(/for 5 s;/);
    await archive.saveWindows([
      documentOf(PATIENT, 0, { startMs, endMs, revision: 2, identities: [{ ...identity, toSeq: 3 }] }),
    ]);
    await look(archive, records);
  });

  it('counts an event whose alert was not raised', async () => {
    const archive = new MemoryArchive();
    const record = recordOf({ kind: FrameKind.event });
    const alerts = alertsOfEvent(record, readFrame(record.bytes));
    expect(alerts).toHaveLength(1);
    await expect(look(archive, [record])).rejects.toThrow(/holds 1 acknowledged reading that is /);
    await archive.saveAlerts(alerts);
    await look(archive, [record]);
  });

  it('misses no document that is gone because its time was up, and nothing that is no reading', async () => {
    const archive = new MemoryArchive();
    const old = nowMs + RETENTION_DEFAULT.windowsMs + window.windowMs;
    await look(archive, [recordOf({ seq: 0 })], { nowMs: old });
    await look(archive, [recordOf({ kind: FrameKind.boot }), { ...recordOf({}), bytes: new Uint8Array(0) }]);
  });
});
