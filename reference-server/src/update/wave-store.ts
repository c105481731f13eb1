import type { WavePlan } from './wave-plan.ts';

/** `offered`: it was told, and nothing is known yet. */
export type DeviceFate = 'offered' | 'confirmed' | 'failed';
export const FATES = ['offered', 'confirmed', 'failed'] as const satisfies readonly DeviceFate[];

export interface DeviceInWave {
  device: number;
  fate: DeviceFate;
}

export interface WaveRecord {
  /** Names this wave: one that begins later has another, also with the same plan. */
  id: string;
  plan: WavePlan;
  /** Index of the plan's group that the wave has reached. */
  group: number;
  state: 'rolling' | 'stopped' | 'done';
  /** Epoch ms at which the group began. */
  groupSinceMs: number;
  /** Counts what was decided of the wave as a whole, from 0. */
  revision: number;
}

/** A wave as it is now. */
export interface WaveView {
  wave: WaveRecord;
  counts: Readonly<Record<DeviceFate, number>>;
}

/**
 * Keeps one wave, so that a server which was restarted goes on with it, and, where several instances share the store, so
 * that they are one wave: each call happens as a whole or not at all, and one after the other. Calls that name a wave
 * by `id` change nothing, and find nothing, once another one has begun. Every call rejects when the store does.
 */
export interface WaveStore {
  /** `undefined`: there was never a wave. */
  look(): Promise<WaveView | undefined>;
  /** Forgets the wave before, and begins this one; nothing happens to one with the same plan, but that it gets the image. */
  begin(plan: WavePlan, image: Uint8Array | undefined, nowMs: number): Promise<void>;
  /** The bytes of the wave's image, if the wave is one to this hash and was given them. */
  image(hash: number): Promise<Uint8Array | undefined>;
  /** What became of these devices; those that were never offered anything are left out. */
  fatesOf(id: string, devices: readonly number[]): Promise<Map<number, DeviceFate>>;
  /**
   * Notes as offered those of `devices` that have no fate yet, in their order, while fewer than the plan's `underWayMax` are
   * under way, and none in a wave that was stopped. Gives those that were noted: only they may be told.
   */
  offer(id: string, devices: readonly number[], nowMs: number): Promise<number[]>;
  /** Gives fates to devices that have one. */
  decide(id: string, decided: readonly DeviceInWave[]): Promise<void>;
  /** Those that were offered at `untilMs` or before, and of whom nothing is known yet, have failed. */
  expire(id: string, untilMs: number): Promise<void>;
  /** Goes from revision `next.revision - 1` to this one; `false`: somebody else went on from there. */
  advance(next: WaveRecord): Promise<boolean>;
}

/** The first record of a wave. */
export function beginning(plan: WavePlan, nowMs: number): WaveRecord {
  const id = `${plan.to.firmware}-${plan.to.hash.toString(16)}-${nowMs}`;
  return { id, plan, group: 0, state: 'rolling', groupSinceMs: nowMs, revision: 0 };
}

export function isSamePlan(a: WavePlan, b: WavePlan | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
