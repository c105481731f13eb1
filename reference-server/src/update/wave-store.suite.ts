import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WAVE_DEFAULT, type WavePlan } from './wave-plan.ts';
import type { WaveRecord, WaveStore } from './wave-store.ts';

const PLAN: WavePlan = { ...WAVE_DEFAULT, from: 0x1000, to: { firmware: 0x1040, hash: 0xdeadbeef } };
const IMAGE = Uint8Array.from({ length: 14_000 }, (_, at) => at % 251);
const HIGHEST = 0xffff_ffff;

/** A store, and a way to open it again as a restarted server does, or one more instance. */
export interface OpenedWaveStore {
  store: WaveStore;
  reopen(): Promise<WaveStore>;
  dispose(): Promise<void>;
}

/** What every store of a wave does. `isShared`: instances that have it open at once see one wave. */
export function waveStoreSuite(name: string, open: () => Promise<OpenedWaveStore>, isShared = false): void {
  describe(`the store of a wave: ${name}`, () => {
    let opened: OpenedWaveStore;
    let store: WaveStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    /** Begins a wave, and gives its record. */
    const begun = async (over: Partial<WavePlan> = {}, nowMs = 5): Promise<WaveRecord> => {
      await store.begin({ ...PLAN, ...over }, undefined, nowMs);
      return (await store.look())!.wave;
    };

    it('knows no wave before the first one', async () => {
      expect(await store.look()).toBeUndefined();
      expect(await store.image(PLAN.to.hash)).toBeUndefined();
    });

    it('gives back the wave and its devices after it was closed', async () => {
      const { id } = await begun();
      expect(await store.offer(id, [1, HIGHEST, 3], 7)).toEqual([1, HIGHEST, 3]);
      await store.decide(id, [
        { device: 1, fate: 'confirmed' },
        { device: 3, fate: 'failed' },
      ]);
      const again = await opened.reopen();
      expect(await again.look()).toEqual({
        wave: { id, plan: PLAN, group: 0, state: 'rolling', groupSinceMs: 5, revision: 0 },
        counts: { offered: 1, confirmed: 1, failed: 1 },
      });
      expect(await again.fatesOf(id, [1, 2, HIGHEST, 3])).toEqual(
        new Map([
          [1, 'confirmed'],
          [HIGHEST, 'offered'],
          [3, 'failed'],
        ]),
      );
    });

    it('keeps the image, and gives it under its hash alone', async () => {
      await store.begin(PLAN, IMAGE, 5);
      const again = await opened.reopen();
      expect(await again.image(PLAN.to.hash)).toEqual(IMAGE);
      expect(await again.image(PLAN.to.hash + 1)).toBeUndefined();
    });

    it('goes on with a wave of the same plan, and gives it an image', async () => {
      const { id } = await begun();
      await store.offer(id, [1], 7);
      await store.begin(PLAN, IMAGE, 9);
      expect(await store.look()).toMatchObject({ wave: { id, groupSinceMs: 5 }, counts: { offered: 1 } });
      expect(await store.image(PLAN.to.hash)).toEqual(IMAGE);
    });

    it('forgets the wave before when another begins, and takes nothing more for it', async () => {
      await store.begin({ ...PLAN, failedLeast: 9 }, IMAGE, 4);
      const before = (await store.look())!.wave;
      await store.offer(before.id, [1], 7);
      const wave = await begun();
      expect(await store.look()).toEqual({ wave, counts: { offered: 0, confirmed: 0, failed: 0 } });
      expect(await store.image(PLAN.to.hash)).toBeUndefined();
      expect(await store.fatesOf(wave.id, [1])).toEqual(new Map());
      expect(await store.offer(before.id, [2], 7)).toEqual([]);
      await store.decide(before.id, [{ device: 2, fate: 'confirmed' }]);
      await store.expire(before.id, 1000);
      expect(await store.advance({ ...before, group: 1, revision: 1 })).toBe(false);
      expect(await store.look()).toEqual({ wave, counts: { offered: 0, confirmed: 0, failed: 0 } });
    });

    it('offers to each device once, and to no more at once than the plan allows', async () => {
      const { id } = await begun({ underWayMax: 3 });
      expect(await store.offer(id, [1, 2], 7)).toEqual([1, 2]);
      expect(await store.offer(id, [2, 3, 4], 8)).toEqual([3]);
      expect(await store.offer(id, [5], 9)).toEqual([]);
      await store.decide(id, [{ device: 2, fate: 'failed' }]);
      expect(await store.offer(id, [2, 5], 10)).toEqual([5]);
      expect((await store.look())!.counts).toEqual({ offered: 3, confirmed: 0, failed: 1 });
    });

    it('offers nothing in a wave that was stopped', async () => {
      const wave = await begun();
      expect(await store.advance({ ...wave, state: 'stopped', revision: 1 })).toBe(true);
      expect(await store.offer(wave.id, [1], 7)).toEqual([]);
    });

    it('gives no fate to a device that was never offered anything, and changes its mind about others', async () => {
      const { id } = await begun();
      await store.offer(id, [1], 7);
      for (const fate of ['confirmed', 'failed', 'failed', 'confirmed'] as const)
        await store.decide(id, [
          { device: 1, fate },
          { device: 2, fate },
        ]);
      expect((await store.look())!.counts).toEqual({ offered: 0, confirmed: 1, failed: 0 });
    });

    it('fails those who have not answered, and nobody else', async () => {
      const { id } = await begun();
      await store.offer(id, [1, 2], 7);
      await store.offer(id, [3], 8);
      await store.decide(id, [{ device: 2, fate: 'confirmed' }]);
      await store.expire(id, 7);
      expect(await store.fatesOf(id, [1, 2, 3])).toEqual(
        new Map([
          [1, 'failed'],
          [2, 'confirmed'],
          [3, 'offered'],
        ]),
      );
      expect((await store.look())!.counts).toEqual({ offered: 1, confirmed: 1, failed: 1 });
    });

    it('lets one of several decide what comes next', async () => {
      const wave = await begun();
      const other = isShared ? await opened.reopen() : store;
      const next: WaveRecord = { ...wave, group: 1, groupSinceMs: 99, revision: 1 };
      const decided = await Promise.all([store.advance(next), other.advance({ ...next, group: 2 })]);
      expect(decided.filter(Boolean)).toHaveLength(1);
      expect((await store.look())!.wave).toEqual({ ...next, group: decided[0] ? 1 : 2 });
    });

    it('lets each of several offer to others, and together to no more than the plan allows', async () => {
      const { id } = await begun({ underWayMax: 150 });
      const other = isShared ? await opened.reopen() : store;
      const devices = Array.from({ length: 100 }, (_, device) => device);
      const [mine, theirs] = await Promise.all([
        store.offer(id, devices, 7),
        other.offer(id, [...devices.slice(50), ...devices.map((device) => device + 100)], 7),
      ]);
      expect(new Set([...mine, ...theirs]).size).toBe(150);
      expect(mine.length + theirs.length).toBe(150);
      expect((await other.look())!.counts.offered).toBe(150);
    });
  });
}
