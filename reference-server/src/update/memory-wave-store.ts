import { OneAtATime } from '../one-at-a-time.ts';
import type { WavePlan } from './wave-plan.ts';
import {
  beginning,
  type DeviceFate,
  type DeviceInWave,
  isSamePlan,
  type WaveRecord,
  type WaveStore,
  type WaveView,
} from './wave-store.ts';

export interface KeptDevice {
  fate: DeviceFate;
  /** Epoch ms of its first offer. */
  offeredMs: number;
}

/** What a call changes. */
export interface WaveChange {
  wave?: WaveRecord;
  /** Another wave begins: the devices of the one before are forgotten first. */
  begins?: boolean;
  image?: Uint8Array;
  devices?: ReadonlyMap<number, KeptDevice>;
}

/** A wave in the memory of its process: by itself for tests and simulations, and what the embedded store answers from. */
export class MemoryWaveStore implements WaveStore {
  private wave: WaveRecord | undefined;
  private bytes: Uint8Array | undefined;
  private readonly devices = new Map<number, KeptDevice>();
  private readonly counts: Record<DeviceFate, number> = { offered: 0, confirmed: 0, failed: 0 };
  private readonly calls = new OneAtATime();

  constructor(kept: WaveChange = {}) {
    this.apply(kept);
  }

  /** Makes a change last. Rejects when it cannot: then nothing has changed. */
  protected async keep(_change: WaveChange): Promise<void> {}

  async look(): Promise<WaveView | undefined> {
    return this.wave && structuredClone({ wave: this.wave, counts: this.counts });
  }

  begin(plan: WavePlan, image: Uint8Array | undefined, nowMs: number): Promise<void> {
    return this.calls.run(async () => {
      const bytes = image && { image };
      if (!isSamePlan(plan, this.wave?.plan))
        await this.change({ wave: beginning(plan, nowMs), begins: true, ...bytes });
      else if (bytes) await this.change(bytes);
    });
  }

  async image(hash: number): Promise<Uint8Array | undefined> {
    return this.wave?.plan.to.hash === hash ? this.bytes : undefined;
  }

  async fatesOf(id: string, devices: readonly number[]): Promise<Map<number, DeviceFate>> {
    const fates = new Map<number, DeviceFate>();
    if (this.wave?.id !== id) return fates;
    for (const device of devices) {
      const kept = this.devices.get(device);
      if (kept !== undefined) fates.set(device, kept.fate);
    }
    return fates;
  }

  offer(id: string, devices: readonly number[], nowMs: number): Promise<number[]> {
    return this.calls.run(async () => {
      if (this.wave?.id !== id || this.wave.state === 'stopped') return [];
      const room = Math.max(0, this.wave.plan.underWayMax - this.counts.offered);
      const noted = devices.filter((device) => !this.devices.has(device)).slice(0, room);
      await this.decideAll(noted.map((device) => [device, { fate: 'offered', offeredMs: nowMs }]));
      return noted;
    });
  }

  decide(id: string, decided: readonly DeviceInWave[]): Promise<void> {
    return this.calls.run(async () => {
      if (this.wave?.id !== id) return;
      const known = decided.filter(({ device }) => this.devices.has(device));
      await this.decideAll(known.map(({ device, fate }) => [device, { ...this.devices.get(device)!, fate }]));
    });
  }

  expire(id: string, untilMs: number): Promise<void> {
    return this.calls.run(async () => {
      if (this.wave?.id !== id || this.counts.offered === 0) return;
      const late = [...this.devices].filter(
        ([, { fate, offeredMs }]) => fate === 'offered' && offeredMs <= untilMs,
      );
      await this.decideAll(late.map(([device, kept]) => [device, { ...kept, fate: 'failed' }]));
    });
  }

  advance(next: WaveRecord): Promise<boolean> {
    return this.calls.run(async () => {
      if (this.wave?.id !== next.id || this.wave.revision !== next.revision - 1) return false;
      await this.change({ wave: structuredClone(next) });
      return true;
    });
  }

  private async decideAll(decided: readonly (readonly [number, KeptDevice])[]): Promise<void> {
    if (decided.length > 0) await this.change({ devices: new Map(decided) });
  }

  private async change(change: WaveChange): Promise<void> {
    await this.keep(change);
    this.apply(change);
  }

  private apply({ wave, begins, image, devices }: WaveChange): void {
    if (begins) {
      this.devices.clear();
      this.bytes = undefined;
      Object.assign(this.counts, { offered: 0, confirmed: 0, failed: 0 });
    }
    if (wave) this.wave = wave;
    if (image) this.bytes = image;
    for (const [device, kept] of devices ?? []) {
      const before = this.devices.get(device);
      if (before) this.counts[before.fate] -= 1;
      this.counts[kept.fate] += 1;
      this.devices.set(device, kept);
    }
  }
}
