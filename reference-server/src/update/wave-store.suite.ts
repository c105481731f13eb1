import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WAVE_DEFAULT, type WavePlan } from './wave-plan.ts';
import type { DeviceInWave, WaveRecord, WaveStore } from './wave-store.ts';

const PLAN: WavePlan = { ...WAVE_DEFAULT, from: 0x1000, to: { firmware: 0x1040, hash: 0xdeadbeef } };
const wave = (over: Partial<WaveRecord> = {}): WaveRecord => ({
  plan: PLAN,
  group: 0,
  state: 'rolling',
  ...over,
});
const device = (number: number, fate: DeviceInWave['fate']): DeviceInWave => ({
  device: number,
  fate,
  offeredMs: 7,
});
const byNumber = (devices: DeviceInWave[]): DeviceInWave[] => devices.sort((a, b) => a.device - b.device);

/** A store, and a way to open it again as a restarted server does. */
export interface OpenedWaveStore {
  store: WaveStore;
  reopen(): Promise<WaveStore>;
  dispose(): Promise<void>;
}

/** What every store of a wave does. */
export function waveStoreSuite(name: string, open: () => Promise<OpenedWaveStore>): void {
  describe(`the store of a wave: ${name}`, () => {
    let opened: OpenedWaveStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.dispose());

    it('knows no wave before the first one', async () => {
      expect(await opened.store.load()).toBeUndefined();
    });

    it('gives back the wave and its devices as they were saved last', async () => {
      const { store, reopen } = opened;
      await store.begin(wave());
      await store.save(wave(), [device(1, 'offered'), device(0xffff_ffff, 'offered')]);
      await store.save(wave({ group: 1 }), [device(1, 'confirmed')]);
      const found = (await (await reopen()).load())!;
      expect(found.wave).toEqual(wave({ group: 1 }));
      expect(byNumber(found.devices)).toEqual([device(1, 'confirmed'), device(0xffff_ffff, 'offered')]);
    });

    it('forgets the wave before when another begins', async () => {
      const { store, reopen } = opened;
      await store.begin(wave({ group: 2 }));
      await store.save(wave({ state: 'stopped' }), [device(1, 'failed')]);
      await store.begin(wave());
      expect(await (await reopen()).load()).toEqual({ wave: wave(), devices: [] });
    });
  });
}
