import type { Database } from 'lmdb';
import type { LmdbEnvironment } from '../stores/lmdb-environment.ts';
import type { DeviceInWave, WaveRecord, WaveStore } from './wave-store.ts';

const WAVE_KEY = 'wave';

/** The wave in the embedded store: one entry of the wave, and one a device. */
export class LmdbWaveStore implements WaveStore {
  private readonly environment: LmdbEnvironment;
  private readonly waves: Database<WaveRecord, string>;
  private readonly devices: Database<Omit<DeviceInWave, 'device'>, number>;

  constructor(environment: LmdbEnvironment) {
    this.environment = environment;
    this.waves = environment.database('update-wave', { encoding: 'json' });
    this.devices = environment.database('update-devices', { encoding: 'json' });
  }

  async load(): Promise<{ wave: WaveRecord; devices: DeviceInWave[] } | undefined> {
    const wave = this.waves.get(WAVE_KEY);
    if (wave === undefined) return undefined;
    const devices = [...this.devices.getRange({})].map(({ key, value }) => ({ device: key, ...value }));
    return { wave, devices };
  }

  async begin(wave: WaveRecord): Promise<void> {
    const before = [...this.devices.getKeys({})];
    await this.environment.batch((batch) => {
      for (const device of before) batch.remove(this.devices, device);
      batch.put(this.waves, WAVE_KEY, wave);
    });
  }

  async save(wave: WaveRecord, changed: readonly DeviceInWave[]): Promise<void> {
    await this.environment.batch((batch) => {
      batch.put(this.waves, WAVE_KEY, wave);
      for (const { device, fate, offeredMs } of changed) batch.put(this.devices, device, { fate, offeredMs });
    });
  }
}
