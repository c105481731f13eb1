import { FEATURE_FIELDS, type RejectReason } from '@gaitway/contract';
import type { HeldFrame } from './held-frame.ts';
import type { TwinSettings } from './settings.ts';
import { Twin, type TwinHooks } from './twin.ts';

export const SETTINGS: TwinSettings = { firmware: 0x1000, placement: 1, accelRange: 2, gyroRange: 2 };

/** What became of each frame, in the order in which it was told. */
export class Fates implements TwinHooks {
  readonly told: { frame: HeldFrame; fate: 'released' | 'dropped' | 'refused'; reason?: RejectReason }[] = [];

  released(frame: HeldFrame): void {
    this.told.push({ frame, fate: 'released' });
  }

  dropped(frame: HeldFrame): void {
    this.told.push({ frame, fate: 'dropped' });
  }

  refused(frame: HeldFrame, reason: RejectReason): void {
    this.told.push({ frame, fate: 'refused', reason });
  }

  names(): string[] {
    return this.told.map(({ frame, fate }) => `${fate} ${frame.boot}:${frame.seq}`);
  }
}

export function twinOf(over: Partial<TwinSettings> = {}): { twin: Twin; fates: Fates } {
  const fates = new Fates();
  return { twin: new Twin(7, 1, { ...SETTINGS, ...over }, fates), fates };
}

/** Ends a slot at `atMs` whose every feature is `fill`. */
export function slotAt(twin: Twin, atMs: number, fill = 1): HeldFrame {
  return twin.endSlot(atMs - 5000, 5000, new Int32Array(FEATURE_FIELDS.length).fill(fill), 0, 3700, atMs);
}
