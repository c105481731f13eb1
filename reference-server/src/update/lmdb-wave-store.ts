import type { Database } from 'lmdb';
import type { LmdbEnvironment } from '../stores/lmdb-environment.ts';
import { type KeptDevice, MemoryWaveStore, type WaveChange } from './memory-wave-store.ts';
import type { WaveRecord } from './wave-store.ts';

const WAVE_KEY = 'wave';
const IMAGE_KEY = 'image';

/**
 * The wave in the embedded store: one entry of the wave, one of its image, and one a device. One process has the store for
 * itself, so it answers from memory what it has kept.
 */
export class LmdbWaveStore extends MemoryWaveStore {
  private readonly environment: LmdbEnvironment;
  private readonly waves: Database<WaveRecord, string>;
  private readonly images: Database<Buffer, string>;
  private readonly kept: Database<KeptDevice, number>;

  constructor(environment: LmdbEnvironment) {
    const waves = environment.database<WaveRecord, string>('update-wave', { encoding: 'json' });
    const images = environment.database<Buffer, string>('update-image', { encoding: 'binary' });
    const kept = environment.database<KeptDevice, number>('update-devices', { encoding: 'json' });
    const wave = waves.get(WAVE_KEY);
    const image = images.get(IMAGE_KEY);
    super({
      ...(wave ? { wave } : {}),
      // The library lends its bytes.
      ...(image ? { image: Uint8Array.from(image) } : {}),
      devices: new Map([...kept.getRange({})].map(({ key, value }) => [key, value])),
    });
    this.environment = environment;
    this.waves = waves;
    this.images = images;
    this.kept = kept;
  }

  protected override keep({ wave, begins, image, devices }: WaveChange): Promise<void> {
    const before = begins ? [...this.kept.getKeys({})] : [];
    return this.environment.batch((batch) => {
      for (const device of before) batch.remove(this.kept, device);
      if (begins) batch.remove(this.images, IMAGE_KEY);
      if (wave) batch.put(this.waves, WAVE_KEY, wave);
      if (image) batch.put(this.images, IMAGE_KEY, Buffer.from(image));
      for (const [device, kept] of devices ?? []) batch.put(this.kept, device, kept);
    });
  }
}
