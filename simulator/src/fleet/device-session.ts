import { type DeviceCommand, type FrameAnswer, ResetCause } from '@gaitway/contract';
import {
  type HeldFrame,
  offeredProgram,
  type ProgramVersion,
  TICK_MS,
  type TwinHooks,
} from '@gaitway/firmware';
import type { SlotEvent } from '../patients/readings.ts';
import type { LinkTarget } from '../transport/transport.ts';
import { ModemUpdate, type UpdatedChip } from '../update/modem-update.ts';
import { type ConnectionOwner, DeviceConnection } from './device-connection.ts';
import { type DeviceContext, TIMERS_PER_DEVICE } from './device-context.ts';
import type { DeviceTwin } from './device-twin.ts';
import type { FleetSession } from './fleet-session.ts';
import type { LinkState } from './link-states.ts';
import { readingFlags } from './reading-flags.ts';
import { batteryMv, slotStartMs } from './schedule.ts';
import { FLEET_PROGRAM } from './twin-settings.ts';

/**
 * One patient's device: its twin, its connection, and its policy of connecting again. It decides nothing
 * about frames (the twin does) and nothing about bytes (the transport does).
 */
export class DeviceSession implements FleetSession, TwinHooks, ConnectionOwner, UpdatedChip {
  readonly index: number;
  private readonly context: DeviceContext;
  private readonly slotTimer: number;
  private readonly linkTimer: number;
  private readonly twin: DeviceTwin;
  private readonly connection: DeviceConnection;
  private inFlight = -1;
  private lastSent: HeldFrame | undefined;
  private slot = 0;
  /** Since the beginning of which its fall detector runs. */
  private firstSlot = 0;
  /** What the device will tell within the slot that runs. */
  private event: SlotEvent | null = null;
  private slotStart: number;
  private slotMs: number;
  /** From a `rate` command, from the next slot on. */
  private nextSlotMs: number;
  private nowMs = 0;
  /** From an offer on, until a version is confirmed. */
  private update: ModemUpdate | undefined;
  private installed: ProgramVersion = FLEET_PROGRAM;

  /** `local`: the device's place in its worker; decides its timers. */
  constructor(context: DeviceContext, index: number, local: number) {
    const { schedule } = context;
    this.context = context;
    this.index = index;
    this.slotTimer = local * TIMERS_PER_DEVICE;
    this.linkTimer = this.slotTimer + 1;
    this.slotStart = slotStartMs(schedule, index, 0);
    this.slotMs = this.nextSlotMs = schedule.slotMs;
    this.twin = context.createTwin(index, this);
    this.connection = new DeviceConnection(context, index, this.linkTimer, this);
    this.beginSlot();
  }

  get linkState(): LinkState {
    return this.connection.state;
  }

  /** One of this device's timers fired. */
  fired(timer: number): void {
    // While the connection is up its timer is that of the frame in flight.
    if (timer === this.linkTimer && this.connection.isUp) this.pump(this.tick());
    else if (timer === this.linkTimer) this.connection.due();
    // A slot that ends in the same tick comes first, as on the chip.
    else if (this.event !== null && this.event.decidedMs < this.slotMs) this.tellEvent(this.event);
    else this.endSlot();
  }

  // What the connection tells.

  linkUp(): void {
    const nowMs = this.tick();
    this.twin.linkUp(nowMs);
    this.pump(nowMs);
  }

  linkDown(): void {
    this.inFlight = -1;
    this.twin.linkDown(this.tick());
  }

  answered(messageId: number, answer: FrameAnswer): void {
    // A refusal names no frame: one for an earlier transmission says nothing of the frame in flight.
    if ('reject' in answer && messageId !== this.inFlight) return;
    const nowMs = this.tick();
    this.twin.answered(answer, nowMs);
    if ('seq' in answer) this.update?.acknowledged(answer.boot, answer.seq);
    this.pump(nowMs);
  }

  command(command: DeviceCommand): void {
    switch (command.command) {
      case 'rate':
        this.nextSlotMs = Math.min(65_535, Math.max(1, Math.round(command.slotMs)));
        break;
      case 'time_sync':
        // The device's clock is the run's: it was never behind, only perhaps not set.
        this.twin.syncClock();
        this.pump(this.tick());
        break;
      case 'update_offer':
        this.offered(offeredProgram(command));
        break;
      case 'reconnect':
      case 'identify':
      case 'mode':
        // The light twin has no lamp and no raw mode: counted.
        break;
    }
  }

  // What becomes of frames.

  released(frame: HeldFrame): void {
    this.context.resolved(this.index, frame, 'acknowledged', this.nowMs);
  }

  dropped(frame: HeldFrame): void {
    this.context.resolved(this.index, frame, 'dropped', this.nowMs);
  }

  refused(frame: HeldFrame): void {
    this.context.resolved(this.index, frame, 'refused', this.nowMs);
  }

  // What a run does to a device.

  /** The network under the device is cut. */
  cut(): void {
    this.connection.cut();
  }

  /**
   * The device starts again; without `keepRing` it loses what it held. The slot that runs goes on, without an event; with the next one
   * the fall detector begins afresh.
   */
  reboot(keepRing: boolean): void {
    this.connection.cut();
    this.twin.reboot(this.tick(), keepRing);
    this.firstSlot = this.slot + 1;
    if (this.event === null) return;
    this.event = null;
    this.awaitSlotTimer();
  }

  /** The run is over: what is still held will not be acknowledged. Nothing happens afterwards. */
  finish(): void {
    const { context } = this;
    context.wheel.clear(this.slotTimer);
    const nowMs = this.tick();
    for (const frame of this.twin.held()) context.resolved(this.index, frame, 'unacknowledged', nowMs);
    this.connection.close();
  }

  // What an update does to the chip.

  get program(): ProgramVersion {
    return this.installed;
  }

  get server(): LinkTarget {
    return this.connection.server;
  }

  offer({ firmware }: ProgramVersion): void {
    this.context.updates?.after(TICK_MS, () => this.update?.taken(firmware));
  }

  hold(): void {
    this.inFlight = -1;
  }

  cutPower(): void {
    this.inFlight = -1;
    this.connection.cut();
  }

  confirmed(version: ProgramVersion): void {
    this.installed = version;
    if (!this.isSlotLost) this.update = undefined;
  }

  slotAtMs(earliestMs: number): number {
    const { slotStart, slotMs } = this;
    return slotStart + slotMs * Math.ceil((earliestMs - slotStart) / slotMs);
  }

  start(resetCause: ResetCause, { firmware, hash }: ProgramVersion, _: unknown, atMs: number): void {
    const { context, index, twin } = this;
    const nowMs = this.tick();
    twin.reboot(nowMs, resetCause !== ResetCause.powerOn);
    twin.install(firmware);
    // The fall detector begins afresh with the slot that begins now; that one may have been begun already.
    this.firstSlot = this.slot + Math.round((atMs - this.slotStart) / this.slotMs);
    if (this.firstSlot === this.slot) this.beginSlot();
    if (this.connection.isUp) twin.linkUp(nowMs);
    const battery = batteryMv(context.schedule.seed, index, atMs - context.schedule.startMs);
    const frame = twin.bootReport(atMs, { resetCause, imageHash: hash }, battery, nowMs);
    this.pump(nowMs);
    context.made(index, frame, context.nowMs());
  }

  private offered(version: ProgramVersion | undefined): void {
    const { updates } = this.context;
    if (updates === undefined || version === undefined) return;
    this.update ??= new ModemUpdate(updates, this.index, this);
    this.update.offered(version);
  }

  /** The slot that runs began while the chip was held in reset. */
  private get isSlotLost(): boolean {
    return this.update !== undefined && this.slotStart < this.update.runsSinceMs;
  }

  private tick(): number {
    this.nowMs = this.context.nowMs();
    return this.nowMs;
  }

  private beginSlot(): void {
    const event = this.context.eventOf(this.index, this.slot, this.firstSlot);
    // A slot that a command made shorter ends before its event is known.
    this.event = event !== null && event.decidedMs <= this.slotMs ? event : null;
    this.awaitSlotTimer();
  }

  /** The slot's event, if it has one and it was not told yet, or its end. */
  private awaitSlotTimer(): void {
    const dueMs = this.slotStart + (this.event === null ? this.slotMs : this.event.decidedMs);
    if (dueMs < this.context.endMs) this.context.wheel.set(this.slotTimer, dueMs);
  }

  private tellEvent(event: SlotEvent): void {
    const { context, slotStart, index } = this;
    // The run may have been cut short since the timer was set.
    if (slotStart + event.decidedMs >= context.endMs) return;
    this.nowMs = context.nowMs();
    this.event = null;
    if (this.isSlotLost) return this.awaitSlotTimer();
    const frame = this.holdEvent(event);
    this.awaitSlotTimer();
    this.pump(this.nowMs);
    context.made(index, frame, context.nowMs());
  }

  private holdEvent({ event, startMs, decidedMs }: SlotEvent): HeldFrame {
    const { slotStart, slotMs, index } = this;
    const { seed, startMs: zeroMs } = this.context.schedule;
    // As in the slot's reading.
    const battery = batteryMv(seed, index, slotStart + slotMs - zeroMs);
    return this.twin.event(slotStart + startMs, event, 0, battery, slotStart + decidedMs);
  }

  private endSlot(): void {
    const { context, slotStart, slotMs, index } = this;
    const dueMs = slotStart + slotMs;
    // The run may have been cut short since the timer was set.
    if (dueMs >= context.endMs) return;
    this.nowMs = context.nowMs();
    const frame = this.isSlotLost ? undefined : this.makeReading(dueMs);
    const last = frame === undefined || this.event === null ? undefined : this.holdEvent(this.event);
    this.slot++;
    this.slotStart = dueMs;
    this.slotMs = this.nextSlotMs;
    this.beginSlot();
    this.pump(this.nowMs);
    if (frame === undefined) context.notMade(dueMs);
    else context.made(index, frame, context.nowMs());
    if (last !== undefined) context.made(index, last, context.nowMs());
  }

  private makeReading(dueMs: number): HeldFrame {
    const { context, slotStart, slotMs, index } = this;
    const { schedule } = context;
    const battery = batteryMv(schedule.seed, index, dueMs - schedule.startMs);
    const values = context.valuesOf(index, this.slot);
    return this.twin.endSlot(slotStart, slotMs, values, readingFlags(values), battery, dueMs);
  }

  /** Sends what the twin wants to send, and sleeps until the twin's next deadline. */
  private pump(nowMs: number): void {
    if (!this.connection.isUp || this.update?.isMute) return;
    const { twin, context } = this;
    const frame = twin.transmit(nowMs);
    if (frame !== undefined) {
      this.inFlight = this.connection.send(frame.bytes);
      if (frame !== this.lastSent && frame.firstSentMs === nowMs) context.firstSent(frame);
      else context.counters.retransmitted++;
      this.lastSent = frame;
      this.update?.frame(frame.bytes);
    }
    if (twin.wakeAtMs < Number.POSITIVE_INFINITY) context.wheel.set(this.linkTimer, twin.wakeAtMs);
    else context.wheel.clear(this.linkTimer);
  }
}
