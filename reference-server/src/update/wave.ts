import type { Gauge, Meter } from '../observe/meter.ts';
import { faultsOf, groupOf, type ProgramVersion, type WavePlan } from './wave-plan.ts';
import type { DeviceFate, DeviceInWave, WaveRecord, WaveStore } from './wave-store.ts';

const FATES = ['offered', 'confirmed', 'failed'] as const satisfies readonly DeviceFate[];

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
 *     confirmed   a boot frame by the old one, after an external reset     failed
 *     failed      a frame by the new program that is no boot frame         confirmed: it was late
 *
 * A group ends when it has lasted `groupMs`, nobody is under way, and every device of it that is here has a fate. A wave that is
 * done offers to those who come later still; one that was stopped offers nothing any more. Devices bring themselves back.
 */
export class UpdateWave {
  private readonly store: WaveStore;
  private readonly offer: Offer;
  private readonly gauges: readonly (readonly [DeviceFate, Gauge])[];
  private record: WaveRecord | undefined;
  private groupSinceMs = 0;
  private readonly devices = new Map<number, DeviceInWave>();
  private readonly counts: Record<DeviceFate, number> = { offered: 0, confirmed: 0, failed: 0 };
  private readonly changed = new Set<DeviceInWave>();
  /** The devices that are connected here, and what they run; `undefined`: they have sent nothing yet. */
  private readonly here = new Map<number, number | undefined>();

  private constructor(store: WaveStore, meter: Meter, offer: Offer) {
    this.store = store;
    this.offer = offer;
    this.gauges = FATES.map((fate) => [fate, meter.gauge('updateDevices', { fate })]);
  }

  /** Goes on with the wave that the store has, if it has one. */
  static async open(store: WaveStore, meter: Meter, offer: Offer, nowMs: number): Promise<UpdateWave> {
    const wave = new UpdateWave(store, meter, offer);
    const found = await store.load();
    wave.record = found?.wave;
    wave.groupSinceMs = nowMs;
    for (const one of found?.devices ?? []) {
      wave.devices.set(one.device, one);
      wave.counts[one.fate] += 1;
    }
    wave.show();
    return wave;
  }

  get plan(): WavePlan | undefined {
    return this.record?.plan;
  }

  /** Where the wave is; `undefined`: there is none. */
  get progress(): (Omit<WaveRecord, 'plan'> & Record<DeviceFate, number>) | undefined {
    if (this.record === undefined) return undefined;
    const { group, state } = this.record;
    return { group, state, ...this.counts };
  }

  /** Begins a wave in place of the one before. Throws a RangeError that names what is wrong with the plan. */
  async begin(plan: WavePlan, nowMs: number): Promise<void> {
    const faults = faultsOf(plan);
    if (faults.length > 0) throw new RangeError(`the plan of the wave: ${faults.join('; ')}`);
    const record: WaveRecord = { plan, group: 0, state: 'rolling' };
    await this.store.begin(record);
    this.record = record;
    this.groupSinceMs = nowMs;
    this.devices.clear();
    this.changed.clear();
    for (const fate of FATES) this.counts[fate] = 0;
    this.show();
  }

  connected(device: number): void {
    this.here.set(device, undefined);
    const { record } = this;
    if (record === undefined || record.state === 'stopped') return;
    if (this.devices.get(device)?.fate === 'offered') this.offer(device, record.plan.to);
  }

  disconnected(device: number): void {
    this.here.delete(device);
  }

  /** A frame of the device is durable. */
  seen(device: number, { firmware, isBoot, isSwapped }: Sighting): void {
    if (this.here.has(device)) this.here.set(device, firmware);
    const one = this.devices.get(device);
    if (one === undefined || this.record === undefined) return;
    const { from, to } = this.record.plan;
    if (firmware === to.firmware && !isBoot) this.decide(one, 'confirmed');
    else if (firmware === from && isBoot && isSwapped) this.decide(one, 'failed');
  }

  /** Looks at what has come and at the time. One call at a time. Rejects when the store does: nothing was offered then. */
  async step(nowMs: number): Promise<void> {
    const { record } = this;
    if (record === undefined) return;
    const { state, group } = record;
    for (const one of this.devices.values()) {
      if (one.fate === 'offered' && nowMs - one.offeredMs >= record.plan.answerMs) this.decide(one, 'failed');
    }
    this.judge(record, nowMs);
    const chosen = record.state === 'stopped' ? [] : this.choose(record);
    for (const device of chosen) {
      const one: DeviceInWave = { device, fate: 'offered', offeredMs: nowMs };
      this.devices.set(device, one);
      this.note(one);
    }
    this.show();
    if (this.changed.size > 0 || record.state !== state || record.group !== group) {
      const changed = [...this.changed];
      this.changed.clear();
      try {
        await this.store.save(record, changed);
      } catch (error) {
        // Kept with the next step: who was chosen counts as offered, and is offered when it connects again.
        for (const one of changed) this.changed.add(one);
        throw error;
      }
    }
    for (const device of chosen) if (this.here.has(device)) this.offer(device, record.plan.to);
  }

  private show(): void {
    for (const [fate, gauge] of this.gauges) gauge.set(this.counts[fate]);
  }

  private judge(record: WaveRecord, nowMs: number): void {
    const { plan } = record;
    const { offered, confirmed, failed } = this.counts;
    if (failed >= plan.failedLeast && failed / (failed + confirmed) > plan.failedShareMax) {
      record.state = 'stopped';
      return;
    }
    if (record.state !== 'rolling' || offered > 0 || nowMs - this.groupSinceMs < plan.groupMs) return;
    if (this.choose(record).length > 0) return;
    this.groupSinceMs = nowMs;
    if (record.group < plan.groups.length - 1) record.group += 1;
    else record.state = 'done';
  }

  /** Who is to be offered the new version now. */
  private choose({ plan, group }: WaveRecord): number[] {
    const chosen: number[] = [];
    const room = plan.underWayMax - this.counts.offered;
    if (room <= 0) return chosen;
    for (const [device, firmware] of this.here) {
      if (firmware !== plan.from || this.devices.has(device) || groupOf(device, plan) > group) continue;
      chosen.push(device);
      if (chosen.length >= room) break;
    }
    return chosen;
  }

  private decide(one: DeviceInWave, fate: DeviceFate): void {
    if (one.fate === fate) return;
    this.counts[one.fate] -= 1;
    one.fate = fate;
    this.note(one);
  }

  private note(one: DeviceInWave): void {
    this.counts[one.fate] += 1;
    this.changed.add(one);
  }
}
