import type { DeviceInWave, WaveRecord, WaveStore } from './wave-store.ts';

/** For tests: lives as long as its process. */
export class MemoryWaveStore implements WaveStore {
  private wave: WaveRecord | undefined;
  private readonly devices = new Map<number, DeviceInWave>();

  async load(): Promise<{ wave: WaveRecord; devices: DeviceInWave[] } | undefined> {
    if (this.wave === undefined) return undefined;
    return structuredClone({ wave: this.wave, devices: [...this.devices.values()] });
  }

  async begin(wave: WaveRecord): Promise<void> {
    this.devices.clear();
    this.wave = structuredClone(wave);
  }

  async save(wave: WaveRecord, changed: readonly DeviceInWave[]): Promise<void> {
    this.wave = structuredClone(wave);
    for (const one of changed) this.devices.set(one.device, { ...one });
  }
}
