import type { WavePlan } from './wave-plan.ts';

/** `offered`: it was told, and nothing is known yet. */
export type DeviceFate = 'offered' | 'confirmed' | 'failed';

export interface DeviceInWave {
  device: number;
  fate: DeviceFate;
  /** Epoch ms of its first offer. */
  offeredMs: number;
}

export interface WaveRecord {
  plan: WavePlan;
  /** Index of the plan's group that the wave has reached. */
  group: number;
  state: 'rolling' | 'stopped' | 'done';
}

/** Keeps one wave, so that a server which was restarted goes on with it. A new wave replaces the one before. */
export interface WaveStore {
  /** What was saved last; `undefined`: there was never a wave. */
  load(): Promise<{ wave: WaveRecord; devices: DeviceInWave[] } | undefined>;
  /** Forgets the wave before, and keeps this one. */
  begin(wave: WaveRecord): Promise<void>;
  /** Keeps what has changed, together or not at all. */
  save(wave: WaveRecord, changed: readonly DeviceInWave[]): Promise<void>;
}
