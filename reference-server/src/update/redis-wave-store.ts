import { type RedisClient, RedisScript } from '../stores/redis-connection.ts';
import type { RedisKeys } from '../stores/redis-keys.ts';
import type { WavePlan } from './wave-plan.ts';
import {
  beginning,
  type DeviceFate,
  type DeviceInWave,
  FATES,
  type WaveRecord,
  type WaveStore,
  type WaveView,
} from './wave-store.ts';

/**
 * KEYS: the wave (hash: record, id, plan, state, revision, most under way, image, and how many devices have which fate),
 * the devices (hash: fate by number), those that are under way (sorted set: numbers by the ms of their offer).
 * ARGV[1]: the wave's id; a script of another wave ends at once.
 */
const OF_THIS_WAVE = `
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then return false end
`;

const SET_FATE = `
local function setFate(device, fate)
  local before = redis.call('HGET', KEYS[2], device)
  if not before or before == fate then return end
  redis.call('HSET', KEYS[2], device, fate)
  redis.call('HINCRBY', KEYS[1], before, -1)
  redis.call('HINCRBY', KEYS[1], fate, 1)
  redis.call('ZREM', KEYS[3], device)
end
`;

/** ARGV: id, plan, record, most under way, image or nothing. Instances that were started with the same plan begin one wave. */
const BEGIN = new RedisScript(`
if redis.call('HGET', KEYS[1], 'plan') ~= ARGV[2] then
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
  redis.call('HSET', KEYS[1], 'id', ARGV[1], 'plan', ARGV[2], 'record', ARGV[3], 'most', ARGV[4],
    'state', 'rolling', 'revision', 0, 'offered', 0, 'confirmed', 0, 'failed', 0)
end
if ARGV[5] then redis.call('HSET', KEYS[1], 'image', ARGV[5]) end
`);

/** ARGV: id, devices. */
const FATES_OF = new RedisScript(`${OF_THIS_WAVE}
return redis.call('HMGET', KEYS[2], unpack(ARGV, 2))
`);

/** ARGV: id, now, devices. */
const OFFER = new RedisScript(`${OF_THIS_WAVE}
if redis.call('HGET', KEYS[1], 'state') == 'stopped' then return {} end
local room = redis.call('HGET', KEYS[1], 'most') - redis.call('HGET', KEYS[1], 'offered')
local noted = {}
for i = 3, #ARGV do
  if #noted >= room then break end
  if redis.call('HSETNX', KEYS[2], ARGV[i], 'offered') == 1 then
    redis.call('ZADD', KEYS[3], ARGV[2], ARGV[i])
    redis.call('HINCRBY', KEYS[1], 'offered', 1)
    noted[#noted + 1] = ARGV[i]
  end
end
return noted
`);

/** ARGV: id, and then device and fate by turns. */
const DECIDE = new RedisScript(`${OF_THIS_WAVE}${SET_FATE}
for i = 2, #ARGV, 2 do setFate(ARGV[i], ARGV[i + 1]) end
`);

/** ARGV: id, the ms until which. */
const EXPIRE = new RedisScript(`${OF_THIS_WAVE}${SET_FATE}
for _, device in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[2])) do setFate(device, 'failed') end
`);

/** ARGV: id, revision before, revision, record, state. */
const ADVANCE = new RedisScript(`${OF_THIS_WAVE}
if redis.call('HGET', KEYS[1], 'revision') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'revision', ARGV[3], 'record', ARGV[4], 'state', ARGV[5])
return 1
`);

/** Lua takes so many values of a call at once. */
const AT_ONCE = 1000;

/**
 * The wave in Redis, for any number of instances. A script runs alone, so what one instance reads in it no other changes
 * before it has written; each of them may ask for the next group, and one of them gets it.
 */
export class RedisWaveStore implements WaveStore {
  private readonly client: RedisClient;
  private readonly keys: readonly [string, string, string];

  constructor(client: RedisClient, keys: RedisKeys) {
    this.client = client;
    this.keys = [keys.updateWave(), keys.updateDevices(), keys.updatesUnderWay()];
  }

  async look(): Promise<WaveView | undefined> {
    const [record, ...counts] = await this.client.hmget(this.keys[0], 'record', ...FATES);
    if (!record) return undefined;
    const [offered, confirmed, failed] = counts.map(Number) as [number, number, number];
    return { wave: JSON.parse(record) as WaveRecord, counts: { offered, confirmed, failed } };
  }

  async begin(plan: WavePlan, image: Uint8Array | undefined, nowMs: number): Promise<void> {
    const record = beginning(plan, nowMs);
    const values = [record.id, JSON.stringify(plan), JSON.stringify(record), plan.underWayMax];
    await BEGIN.run(this.client, this.keys, image ? [...values, Buffer.from(image)] : values);
  }

  async image(hash: number): Promise<Uint8Array | undefined> {
    if ((await this.look())?.wave.plan.to.hash !== hash) return undefined;
    const image = await this.client.hgetBuffer(this.keys[0], 'image');
    return image ? Uint8Array.from(image) : undefined;
  }

  async fatesOf(id: string, devices: readonly number[]): Promise<Map<number, DeviceFate>> {
    const fates = new Map<number, DeviceFate>();
    for (const some of inParts(devices)) {
      const found = (await FATES_OF.run(this.client, this.keys, [id, ...some])) as
        | (DeviceFate | null)[]
        | null;
      for (const [i, fate] of (found ?? []).entries()) if (fate) fates.set(some[i]!, fate);
    }
    return fates;
  }

  async offer(id: string, devices: readonly number[], nowMs: number): Promise<number[]> {
    const noted: number[] = [];
    for (const some of inParts(devices)) {
      const now = (await OFFER.run(this.client, this.keys, [id, nowMs, ...some])) as string[] | null;
      noted.push(...(now ?? []).map(Number));
    }
    return noted;
  }

  async decide(id: string, decided: readonly DeviceInWave[]): Promise<void> {
    for (const some of inParts(decided))
      await DECIDE.run(this.client, this.keys, [id, ...some.flatMap(({ device, fate }) => [device, fate])]);
  }

  async expire(id: string, untilMs: number): Promise<void> {
    await EXPIRE.run(this.client, this.keys, [id, untilMs]);
  }

  async advance(next: WaveRecord): Promise<boolean> {
    const { id, revision, state } = next;
    const values = [id, revision - 1, revision, JSON.stringify(next), state];
    return Number(await ADVANCE.run(this.client, this.keys, values)) === 1;
  }
}

function inParts<One>(all: readonly One[]): One[][] {
  const parts: One[][] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) parts.push(all.slice(from, from + AT_ONCE));
  return parts;
}
