import { describe, expect, it } from 'vitest';
import { createNullMeter } from '../observe/null-meter.ts';
import { FleetDevice, imageOf, type Luck, luckOf, OLD, STEP_MS } from './fleet.fixture.ts';
import { MemoryWaveStore } from './memory-wave-store.ts';
import { UpdateWave } from './wave.ts';
import { groupOf, WAVE_DEFAULT, type WavePlan } from './wave-plan.ts';

const NEXT = imageOf(0x1040);
const PLAN: WavePlan = {
  ...WAVE_DEFAULT,
  from: OLD.firmware,
  to: NEXT.version,
  failedShareMax: 0.2,
  underWayMax: 60,
};
const DEVICES = 200;
const MINUTE_MS = 60_000;

/** A server with its fleet, in virtual time. */
function worldOf(luck: (device: number) => Luck, seed = 1) {
  const store = new MemoryWaveStore();
  const meter = createNullMeter();
  let nowMs = 1_700_000_000_000;
  let wave: UpdateWave;
  /** The group in which each device was offered first. */
  const groups = new Map<number, number>();
  const server = {
    connected: (device: number) => wave.connected(device),
    disconnected: (device: number) => wave.disconnected(device),
    seen: (device: number, sighting: Parameters<UpdateWave['seen']>[1]) => wave.seen(device, sighting),
  };
  const fleet = Array.from(
    { length: DEVICES },
    (_, device) =>
      new FleetDevice(seed, device, { server, luckOf: () => luck(device), imageOf: () => NEXT.bytes }),
  );
  const start = async (): Promise<void> => {
    wave = await UpdateWave.open(
      store,
      meter,
      (device, version) => {
        if (!groups.has(device)) groups.set(device, wave.progress!.group);
        fleet[device]!.offered(version);
      },
      nowMs,
    );
  };
  return {
    fleet,
    groups,
    meter,
    start,
    begin: async (plan: WavePlan = PLAN) => {
      await store.begin(plan, undefined, nowMs);
      await wave.step(nowMs);
    },
    get progress() {
      return wave.progress!;
    },
    /** A server that was killed: what it knew of connections is gone, and every device connects again. */
    restart: async () => {
      await start();
      for (let device = 0; device < DEVICES; device++) wave.connected(device);
    },
    run: async (minutes: number, until: () => boolean = () => false) => {
      const endMs = nowMs + minutes * MINUTE_MS;
      while (nowMs < endMs && !until()) {
        nowMs += STEP_MS;
        for (const device of fleet) device.step(nowMs);
        await wave.step(nowMs);
      }
    },
  };
}

const isNew = (device: FleetDevice): boolean => device.running.firmware === NEXT.version.firmware;

describe('an update wave over a fleet', () => {
  it('brings a fleet to the next version in groups, and counts who came back', async () => {
    const world = worldOf((device) => luckOf(1, device, 0.08));
    await world.start();
    await world.run(1);
    await world.begin();
    await world.run(120, () => world.progress.state === 'done');
    const { confirmed, failed, offered, state } = world.progress;
    expect({ state, offered, all: confirmed + failed }).toEqual({ state: 'done', offered: 0, all: DEVICES });
    expect(world.fleet.filter(isNew)).toHaveLength(confirmed);
    expect(failed).toBeGreaterThan(5);
    // Whoever failed runs what it ran before, and whoever did not is whole.
    for (const [device, one] of world.fleet.entries())
      expect([isNew(one), one.isUpdating]).toEqual([luckOf(1, device, 0.08) === 'good', false]);
    for (const [device, group] of world.groups) expect(group).toBe(groupOf(device, PLAN));
    expect(new Set(world.groups.values())).toEqual(new Set([0, 1, 2]));
    expect(world.meter.gaugeOf('updateDevices', { fate: 'confirmed' })).toBe(confirmed);
    expect(world.meter.gaugeOf('updateDevices', { fate: 'failed' })).toBe(failed);
  });

  it('stops a bad image in its first group, and every device is back on the old version', async () => {
    const world = worldOf(() => 'mute', 2);
    await world.start();
    await world.run(1);
    await world.begin();
    await world.run(120, () => world.progress.state !== 'rolling');
    expect(world.progress).toMatchObject({ state: 'stopped', group: 0 });
    const offered = world.groups.size;
    await world.run(30);
    // Nobody beyond those who were under way when it stopped.
    expect(world.groups.size).toBe(offered);
    expect(offered).toBeLessThan(DEVICES * 0.2);
    for (const one of world.fleet) expect([one.isUpdating, one.running]).toEqual([false, OLD]);
    expect(world.fleet.flatMap(({ outcomes }) => outcomes)).toContain('not_confirmed');
  });

  it('stops an image that nobody can use with every device on the old version', async () => {
    const world = worldOf(() => 'damaged', 3);
    await world.start();
    await world.run(1);
    await world.begin();
    await world.run(60, () => world.progress.state !== 'rolling');
    await world.run(5);
    expect(world.progress).toMatchObject({ state: 'stopped', confirmed: 0 });
    for (const one of world.fleet) expect(one.running).toEqual(OLD);
  });

  it('goes on after its server was killed, again and again', async () => {
    const world = worldOf((device) => luckOf(4, device, 0.05), 4);
    await world.start();
    await world.run(1);
    await world.begin();
    for (let i = 0; i < 12; i++) {
      await world.run(7);
      await world.restart();
    }
    await world.run(60, () => world.progress.state === 'done');
    expect(world.progress.state).toBe('done');
    expect(world.progress.confirmed).toBe(world.fleet.filter(isNew).length);
    for (const [device, group] of world.groups) expect(group).toBe(groupOf(device, PLAN));
  });

  it('offers nothing before it is kept', async () => {
    const store = new MemoryWaveStore();
    const offers: number[] = [];
    const wave = await UpdateWave.open(store, createNullMeter(), (device) => offers.push(device), 0);
    await store.begin({ ...PLAN, groups: [1] }, undefined, 0);
    wave.connected(1);
    wave.seen(1, { firmware: OLD.firmware, isBoot: false, isSwapped: false });
    const { offer } = store;
    store.offer = () => Promise.reject(new Error('disk full'));
    await expect(wave.step(1)).rejects.toThrow('disk full');
    expect(offers).toEqual([]);
    store.offer = offer.bind(store);
    await wave.step(2);
    await wave.step(3);
    expect(offers).toEqual([1]);
    const { id } = (await store.look())!.wave;
    expect(await store.fatesOf(id, [1, 2])).toEqual(new Map([[1, 'offered']]));
  });

  it('offers again to who comes back, whichever instance it comes to', async () => {
    const store = new MemoryWaveStore();
    await store.begin({ ...PLAN, groups: [1] }, undefined, 0);
    const offers: string[] = [];
    const open = (name: string) =>
      UpdateWave.open(store, createNullMeter(), (device) => offers.push(`${name} ${device}`), 0);
    const [one, other] = [await open('one'), await open('other')];
    one.connected(7);
    one.seen(7, { firmware: OLD.firmware, isBoot: false, isSwapped: false });
    await one.step(0);
    await one.step(1);
    other.connected(7);
    other.seen(7, { firmware: OLD.firmware, isBoot: false, isSwapped: false });
    await other.step(2);
    await other.step(3);
    expect(offers).toEqual(['one 7', 'other 7']);
    other.seen(7, { firmware: NEXT.version.firmware, isBoot: false, isSwapped: false });
    await other.step(4);
    await one.step(5);
    expect(one.progress).toMatchObject({ offered: 0, confirmed: 1, failed: 0 });
  });

  describe('of a few devices', () => {
    const seeing = (firmware: number) => ({ firmware, isBoot: false, isSwapped: false });

    /** Devices that run the old program and are offered the next one, all of them at once. */
    async function offered(devices: number, plan: Partial<WavePlan>) {
      const store = new MemoryWaveStore();
      await store.begin({ ...PLAN, groups: [1], ...plan }, undefined, 0);
      const open = () => UpdateWave.open(store, createNullMeter(), () => {}, 0);
      const wave = await open();
      for (let device = 0; device < devices; device++) {
        wave.connected(device);
        wave.seen(device, seeing(OLD.firmware));
      }
      await wave.step(0);
      await wave.step(1);
      expect(wave.progress!.offered).toBe(devices);
      return { store, wave };
    }

    it('is not stopped by fewer failures than the plan names, whatever their share', async () => {
      const { wave } = await offered(3, { failedLeast: 3 });
      const fails = async (device: number, nowMs: number) => {
        wave.seen(device, { ...seeing(OLD.firmware), isBoot: true, isSwapped: true });
        await wave.step(nowMs);
        await wave.step(nowMs + 1);
      };
      await fails(0, 10);
      await fails(1, 20);
      expect(wave.progress).toMatchObject({ failed: 2, confirmed: 0, state: 'rolling' });
      await fails(2, 30);
      expect(wave.progress).toMatchObject({ failed: 3, state: 'stopped' });
    });

    it('counts nobody by a boot alone: a program that starts may still fail', async () => {
      const { wave } = await offered(1, {});
      wave.seen(0, { firmware: NEXT.version.firmware, isBoot: true, isSwapped: true });
      await wave.step(10);
      await wave.step(11);
      expect(wave.progress).toMatchObject({ offered: 1, confirmed: 0 });
      wave.seen(0, seeing(NEXT.version.firmware));
      await wave.step(20);
      await wave.step(21);
      expect(wave.progress).toMatchObject({ offered: 0, confirmed: 1 });
    });

    it('gives a group its time from the start of a server on, too: its devices have to find it', async () => {
      const { store, wave } = await offered(1, { groups: [0.5, 1] });
      wave.seen(0, seeing(NEXT.version.firmware));
      await wave.step(10);
      const { groupMs } = PLAN;
      const upMs = 3 * groupMs;
      const next = await UpdateWave.open(store, createNullMeter(), () => {}, upMs);
      next.connected(0);
      next.seen(0, seeing(NEXT.version.firmware));
      const groupAfter = async (ms: number) => {
        await next.step(upMs + ms);
        await next.step(upMs + ms);
        return next.progress!.group;
      };
      await groupAfter(0);
      expect(await groupAfter(groupMs - 1)).toBe(0);
      expect(await groupAfter(groupMs)).toBe(1);
    });
  });
});
