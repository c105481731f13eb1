import { once } from 'node:events';
import { FrameKind } from '@gaitway/contract';
import { MongoClient } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import { forkedServer } from '../gateway/forked-server.fixture.ts';
import {
  type DeviceClient,
  Harness,
  SHORT_WINDOWS,
  until,
  viewerToken,
} from '../gateway/running-server.fixture.ts';
import { sharedStores } from '../gateway/shared-stores.fixture.ts';
import { archived, identities } from '../gateway/stored-readings.fixture.ts';
import type { ServerSettings } from '../settings.ts';
import { ownRedisKeys, RedisProcess } from '../stores/redis-service.fixture.ts';

const redisUrl = process.env.GAITWAY_REDIS_URL;
const mongoUrl = process.env.GAITWAY_MONGO_URL;

describe.runIf(redisUrl && mongoUrl)('several instances on Redis and MongoDB', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  /** Settings of instances that share stores of their own. */
  function shared(over: Partial<ServerSettings> = {}): (instance: string) => Partial<ServerSettings> {
    const stores = sharedStores(harness, redisUrl!, mongoUrl!);
    return (instance) => ({
      ...SHORT_WINDOWS,
      ...stores,
      partitions: 4,
      leaseTtlMs: 1000,
      instance,
      ...over,
    });
  }

  /** Reports on all devices until it is stopped; remembers what was acknowledged. */
  function reportAll(devices: Map<number, DeviceClient>) {
    const acknowledged: string[] = [];
    let over = false;
    const done = Promise.all(
      [...devices].map(async ([id, device]) => {
        for (let seq = 0; !over; seq++) {
          const frame = device.frame({ seq, oldestHeldSeq: 0 });
          // A busy log is no fault: like a device, it holds the reading and sends it again.
          for (let answer = await device.say(frame); !('seq' in answer); answer = await device.say(frame)) {
            if (answer.reject !== 'busy') throw new Error(`refused: ${answer.reject}`);
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
          acknowledged.push(`${id}:1:${seq}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }),
    );
    done.catch(() => {});
    const stop = async () => {
      over = true;
      await done;
      return acknowledged.sort();
    };
    return { acknowledged, stop };
  }

  async function devicesAt(url: string, ids: number[], ward = 'w1'): Promise<Map<number, DeviceClient>> {
    const devices = new Map<number, DeviceClient>();
    for (const id of ids) devices.set(id, await harness.device({ url }, id, ward));
    return devices;
  }

  it('a viewer at one sees readings, windows and falls of devices at another, by the same rights', async () => {
    const settings = shared();
    const a = await harness.start(settings('a'));
    const b = await harness.start(settings('b'));
    const stranger = await harness.start(shared()('a'));
    const devices = await devicesAt(b.url, [1, 2, 3]);
    const far = await devicesAt(b.url, [4], 'w2');
    const doctor = await harness.viewer(a, viewerToken('doctor', [], ['w1']));
    const patient = await harness.viewer(a, viewerToken('patient', ['p2']));
    const elsewhere = await harness.viewer(stranger, viewerToken('doctor', [], ['w1']));
    await doctor.watch({ ward: 'w1' });
    await elsewhere.watch({ ward: 'w1' });
    expect(await patient.watch({ patient: 'p2' })).toEqual({ watching: true });
    expect(await patient.watch({ patient: 'p1' })).toMatchObject({ code: 'not_allowed' });
    const reports = reportAll(new Map([...devices, ...far]));
    const saw = (viewer: typeof doctor, event: 'reading' | 'window' | 'assessment') =>
      [...new Set(viewer.all(event).map(({ patient: who }) => who))].sort();
    for (const event of ['reading', 'window', 'assessment'] as const) {
      await until(() => saw(doctor, event).length === 3 && saw(patient, event).length === 1);
      expect(saw(doctor, event)).toEqual(['p1', 'p2', 'p3']);
      expect(saw(patient, event)).toEqual(['p2']);
    }
    const falling = await harness.device(b, 5, 'w1');
    await falling.report({ kind: FrameKind.event, slotMs: 0 });
    await until(() => doctor.all('alert').length > 0);
    await reports.stop();
    expect(patient.all('alert')).toEqual([]);
    // Other keys in the same Redis are another system.
    expect(elsewhere.seen).toEqual([]);
    const once = new Set(doctor.all('reading').map(({ device, seq }) => `${device}:${seq}`));
    expect(once.size).toBe(doctor.all('reading').length);
    // Nobody watches any more, and the instance with the devices learns of it.
    doctor.socket.disconnect();
    patient.socket.disconnect();
    const published = async () =>
      Number(/updates_published_total\{kind="reading"\} (\d+)/.exec(await b.metricsText())?.[1]);
    await until(async () => {
      const before = await published();
      await devices.get(2)!.report();
      await devices.get(2)!.report();
      return (await published()) === before;
    });
  });

  it('gateways and processors of their own work together', async () => {
    const settings = shared();
    const gateway = await harness.start({ ...settings('g'), roles: ['gateway'] });
    await harness.start({ ...settings('p'), roles: ['processor'] });
    const api = await harness.start({ ...settings('i'), roles: ['api'] });
    const doctor = await harness.viewer(gateway, viewerToken('doctor', [], ['w1']));
    await doctor.watch({ ward: 'w1' });
    const reports = reportAll(await devicesAt(gateway.url, [1, 2]));
    await until(() => doctor.all('assessment').length >= 4);
    const acknowledged = await reports.stop();
    expect(identities(await archived(api.url))).toEqual(acknowledged);
  });

  it.each([
    { signal: 'SIGKILL', is: 'is killed' },
    { signal: 'SIGSTOP', is: 'is stopped past its lease and goes on later' },
  ] as const)(
    'a processor that $is is replaced once its lease is over, and nothing is lost or doubled',
    async ({ signal }) => {
      const settings = shared();
      const gateway = await harness.start({ ...settings('g'), roles: ['gateway', 'api'] });
      const first = await forkedServer(harness, { ...settings('first'), roles: ['processor'] });
      const second = await harness.start({ ...settings('second'), roles: ['processor'] });
      const owned = async () => Number(/partitions_owned (\d+)/.exec(await second.metricsText())?.[1]);
      await until(async () => (await owned()) === 2);
      const doctor = await harness.viewer(gateway, viewerToken('doctor', [], ['w1']));
      await doctor.watch({ ward: 'w1' });
      const ids = Array.from({ length: 12 }, (_, i) => i + 1);
      const reports = reportAll(await devicesAt(gateway.url, ids));
      const patients = () => new Set(doctor.all('window').map(({ patient }) => patient)).size;
      await until(() => patients() === ids.length);
      const ended = signal === 'SIGKILL' ? once(first.child, 'exit') : undefined;
      first.child.kill(signal);
      await ended;
      await until(async () => (await owned()) === 4);
      const from = doctor.seen.length;
      await until(
        () =>
          new Set(
            doctor.seen.slice(from).flatMap((seen) => (seen.event === 'window' ? [seen.value.patient] : [])),
          ).size === ids.length,
      );
      if (signal === 'SIGSTOP') {
        // It still believes that it owns its partitions, and writes; then they share again.
        first.child.kill('SIGCONT');
        await until(async () => (await owned()) === 2);
      }
      const acknowledged = await reports.stop();
      expect(identities(await archived(gateway.url))).toEqual(acknowledged);
    },
  );
});

describe.runIf(redisUrl && mongoUrl)('an instance whose Redis goes away', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  it('lives on, and reaches the viewers of the others again when Redis is back', async () => {
    const redis = await RedisProcess.start('--appendonly', 'yes', '--appendfsync', 'no');
    harness.later(() => redis.dispose());
    const settings = { ...SHORT_WINDOWS, redisUrl: redis.url, dataFolder: '', cache: 'on' as const };
    const database = ownRedisKeys(redis.url).prefix;
    const url = new URL(mongoUrl!);
    url.pathname = database;
    harness.later(async () => {
      const client = new MongoClient(mongoUrl!);
      await client.db(database).dropDatabase();
      await client.close();
    });
    const a = await harness.start({ ...settings, mongoUrl: url.href, instance: 'a' });
    const b = await harness.start({ ...settings, mongoUrl: url.href, instance: 'b' });
    const device = await harness.device(b, 1);
    const viewer = await harness.viewer(a, viewerToken('patient', ['p1']));
    await viewer.watch({ patient: 'p1' });
    const sees = async () => {
      const count = viewer.all('reading').length;
      await device.report();
      await device.report();
      return viewer.all('reading').length > count;
    };
    await until(sees);
    await redis.kill();
    viewer.socket.emit('watch', { patient: 'p1' }, () => {});
    await until(() => harness.warnings.some((says) => says.startsWith('fan-out')));
    expect(await (await fetch(`${a.url}/health`)).json()).toMatchObject({ status: 'alive' });
    expect(await device.report()).toMatchObject({ reject: 'busy' });
    await redis.start();
    await until(sees);
  });
});
