import type { Gauge, Meter } from '../observe/meter.ts';
import { groupOf, type ProgramVersion, type WavePlan } from './wave-plan.ts';
import {
  type DeviceFate,
  type DeviceInWave,
  FATES,
  type WaveRecord,
  type WaveStore,
  type WaveView,
} from './wave-store.ts';

/** Instances look once a second: one that has somebody left to be offered has done it by then. */
const QUIET_MS = 5000;

/** Tells a device that is connected here what it is offered. */
export type Offer = (device: number, version: ProgramVersion) => void;

/** What a frame tells of the device that sent it. */
export interface Sighting {
  firmware: number;
  /** It is the boot frame of a start. */
  isBoot: boolean;
  /** ... and that was an external reset: its modem has written its program. */
  isSwapped: boolean;
}

/** A device that is connected here. */
interface Here {
  /** What it runs; `undefined`: it has sent nothing yet. */
  firmware: number | undefined;
  /** `undefined`: the store was not asked yet. */
  fate: DeviceFate | 'none' | undefined;
}

/**
 * Rolls a fleet from one version of the wearable's program to the next, in growing groups, and stops when too many devices
 * fail. It lies in the server and not in an operator's tool: here are the connections, the frames that tell which
 * version runs, and the store by which a restarted server goes on. No clock and no timer: whoever has one calls `step`.
 *
 *     fate        what is seen                                             then
 *     none        a frame by the old program, its group's turn has come    offered, once it is kept in the store
 *     offered     a frame by the new program that is no boot frame         confirmed
 *     offered     a boot frame by the old one, after an external reset     failed: it was brought back
 *     offered     nothing for `answerMs`                                   failed
 *     offered     a connection                                             offered again: the first one may be lost
 *     confirmed   a frame by the old one                                   failed: it was brought back after all
 *     failed      a frame by the new program that is no boot frame         confirmed: it was late
 *
 * A group ends when it has lasted `groupMs`, and nobody was under way or to be offered anything for a few seconds, in which devices
 * were here. A wave that is
 * done offers to those who come later still; one that was stopped offers nothing any more. Devices bring themselves back.
 *
 * Several instances share a wave by its store. Each offers to the devices that are connected to it, and says what it sees of them.
 * Each looks whether the group has ended; what they find goes from one revision of the record to the next, so that
 * one of them decides, whichever, and it needs no successor when it is killed.
 */
export class UpdateWave {
  private readonly store: WaveStore;
  private readonly offer: Offer;
  private readonly gauges: readonly (readonly [DeviceFate, Gauge])[];
  /** A group lasts `groupMs` from here on, too: devices of an instance that is gone have to find this one. */
  private readonly upSinceMs: number;
  private quietSinceMs: number;
  private view: WaveView | undefined;
  private readonly here = new Map<number, Here>();
  /** Devices that are connected here, and whose fate the store is to be asked for. */
  private readonly unknown = new Set<number>();
  /** What was seen of devices, and is not in the store yet. */
  private readonly sights = new Map<number, DeviceFate>();

  private constructor(store: WaveStore, meter: Meter, offer: Offer, nowMs: number) {
    this.store = store;
    this.offer = offer;
    this.upSinceMs = this.quietSinceMs = nowMs;
    this.gauges = FATES.map((fate) => [fate, meter.gauge('updateDevices', { fate })]);
  }

  /** Goes on with the wave that the store has, if it has one. */
  static async open(store: WaveStore, meter: Meter, offer: Offer, nowMs: number): Promise<UpdateWave> {
    const wave = new UpdateWave(store, meter, offer, nowMs);
    await wave.look();
    return wave;
  }

  get plan(): WavePlan | undefined {
    return this.view?.wave.plan;
  }

  /** Where the wave was at the last step; `undefined`: there is none. */
  get progress(): (Pick<WaveRecord, 'group' | 'state'> & Record<DeviceFate, number>) | undefined {
    if (this.view === undefined) return undefined;
    const { group, state } = this.view.wave;
    return { group, state, ...this.view.counts };
  }

  connected(device: number): void {
    this.here.set(device, { firmware: undefined, fate: undefined });
    this.unknown.add(device);
  }

  disconnected(device: number): void {
    this.here.delete(device);
    this.unknown.delete(device);
  }

  /** A frame of the device is durable. */
  seen(device: number, { firmware, isBoot, isSwapped }: Sighting): void {
    const one = this.here.get(device);
    if (one) one.firmware = firmware;
    if (this.view === undefined) return;
    const { from, to } = this.view.wave.plan;
    // What it made by the old program before it came here before what the new one made: the ring keeps its order.
    const isBack = firmware === from && (one?.fate === 'confirmed' || (isBoot && isSwapped));
    const fate = isBack ? 'failed' : firmware === to.firmware && !isBoot ? 'confirmed' : undefined;
    if (fate === undefined || one?.fate === 'none') return;
    if (one?.fate === fate) this.sights.delete(device);
    else this.sights.set(device, fate);
  }

  /** Looks at what has come and at the time. One call at a time. Rejects when the store does: nothing was offered then. */
  async step(nowMs: number): Promise<void> {
    const view = await this.look();
    if (view === undefined) return;
    const wave = await this.judge(view, nowMs);
    await this.learn(wave);
    await this.tell(wave);
    if (view.counts.offered > 0) await this.store.expire(wave.id, nowMs - wave.plan.answerMs);
    if (wave.state !== 'stopped') await this.offerNext(wave, nowMs);
  }

  private async look(): Promise<WaveView | undefined> {
    const view = await this.store.look();
    if (view && view.wave.id !== this.view?.wave.id) {
      this.sights.clear();
      for (const [device, one] of this.here) {
        one.fate = undefined;
        this.unknown.add(device);
      }
    }
    this.view = view;
    for (const [fate, gauge] of this.gauges) gauge.set(view?.counts[fate] ?? 0);
    return view;
  }

  /** Whether the wave goes on, and with whom. Gives the record that holds from here on. */
  private async judge({ wave, counts }: WaveView, nowMs: number): Promise<WaveRecord> {
    const { plan, group } = wave;
    const { offered, confirmed, failed } = counts;
    if (wave.state === 'stopped') return wave;
    if (failed >= plan.failedLeast && failed / (failed + confirmed) > plan.failedShareMax)
      return await this.advance({ ...wave, state: 'stopped' }, wave);
    if (wave.state === 'done') return wave;
    if (offered > 0 || !this.knowsAnybody || this.choose(wave).length > 0) this.quietSinceMs = nowMs;
    const sinceMs = Math.max(wave.groupSinceMs, this.upSinceMs);
    if (nowMs - this.quietSinceMs < QUIET_MS || nowMs - sinceMs < plan.groupMs) return wave;
    return group < plan.groups.length - 1
      ? await this.advance({ ...wave, group: group + 1, groupSinceMs: nowMs }, wave)
      : await this.advance({ ...wave, state: 'done' }, wave);
  }

  /** Who has no devices cannot say that a group has none left. */
  private get knowsAnybody(): boolean {
    for (const { firmware } of this.here.values()) if (firmware !== undefined) return true;
    return false;
  }

  private async advance(next: WaveRecord, before: WaveRecord): Promise<WaveRecord> {
    const decided = { ...next, revision: before.revision + 1 };
    // Who was too late sees in the next step what another instance has decided.
    const wave = (await this.store.advance(decided)) ? decided : before;
    if (this.view) this.view = { ...this.view, wave };
    return wave;
  }

  /** Asks for the fates of those who came. Who was offered the version is offered it again. */
  private async learn(wave: WaveRecord): Promise<void> {
    if (this.unknown.size === 0) return;
    const asked = [...this.unknown];
    const fates = await this.store.fatesOf(wave.id, asked);
    for (const device of asked) {
      const one = this.here.get(device);
      if (one === undefined) continue;
      this.unknown.delete(device);
      one.fate = fates.get(device) ?? 'none';
      if (one.fate === 'offered' && wave.state !== 'stopped') this.offer(device, wave.plan.to);
    }
  }

  private async tell({ id }: WaveRecord): Promise<void> {
    const decided: DeviceInWave[] = [...this.sights].map(([device, fate]) => ({ device, fate }));
    if (decided.length === 0) return;
    await this.store.decide(id, decided);
    for (const { device, fate } of decided) {
      if (this.sights.get(device) === fate) this.sights.delete(device);
      const one = this.here.get(device);
      // A device that was never offered anything has no fate to change.
      if (one?.fate !== undefined && one.fate !== 'none') one.fate = fate;
    }
  }

  private async offerNext(wave: WaveRecord, nowMs: number): Promise<void> {
    const chosen = this.choose(wave);
    if (chosen.length === 0) return;
    for (const device of chosen) this.forget(device);
    for (const device of await this.store.offer(wave.id, chosen, nowMs)) {
      const one = this.here.get(device);
      // One that has left meanwhile is offered it when it comes back.
      if (one === undefined) continue;
      this.unknown.delete(device);
      one.fate = 'offered';
      this.offer(device, wave.plan.to);
    }
  }

  /** Until the store says otherwise nothing is known of it. */
  private forget(device: number): void {
    this.here.get(device)!.fate = undefined;
    this.unknown.add(device);
  }

  /** Who is to be offered the new version now, as far as is known here. */
  private choose(wave: WaveRecord): number[] {
    const { plan, group } = wave;
    const chosen: number[] = [];
    const room = plan.underWayMax - (this.view?.counts.offered ?? 0);
    if (room <= 0) return chosen;
    for (const [device, { firmware, fate }] of this.here) {
      if (firmware !== plan.from || fate !== 'none' || groupOf(device, plan) > group) continue;
      chosen.push(device);
      if (chosen.length >= room) break;
    }
    return chosen;
  }
}
