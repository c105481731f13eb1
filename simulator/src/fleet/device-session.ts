import type { DeviceCommand, FrameAnswer } from '@gaitway/contract';
import type { HeldFrame, TwinHooks } from '@gaitway/firmware';
import type { SlotEvent } from '../patients/readings.ts';
import { linkEndOf } from '../transport/link-end.ts';
import type { DeviceLink } from '../transport/transport.ts';
import { backoffMs } from './backoff.ts';
import { ANY_SOURCE, countUnder, exhaustionIn } from './counters.ts';
import { CONNECT_TIMEOUT_MS, type DeviceContext, TIMERS_PER_DEVICE } from './device-context.ts';
import type { DeviceTwin } from './device-twin.ts';
import type { FleetSession } from './fleet-session.ts';
import { type LinkEvent, type LinkState, nextLinkState, refusalEvent } from './link-states.ts';
import { readingFlags } from './reading-flags.ts';
import { batteryMv, connectAtMs, slotStartMs } from './schedule.ts';
import { type ConnectionHearer, SessionLink } from './session-link.ts';

/**
 * One patient's device: its twin, its connection, and its policy of connecting again. It decides nothing
 * about frames (the twin does) and nothing about bytes (the transport does).
 */
export class DeviceSession implements FleetSession, TwinHooks, ConnectionHearer {
  readonly index: number;
  private readonly context: DeviceContext;
  private readonly slotTimer: number;
  private readonly linkTimer: number;
  private readonly twin: DeviceTwin;
  private state: LinkState = 'idle';
  private listener: SessionLink | undefined;
  private link: DeviceLink | undefined;
  private inFlight = -1;
  private lastSent: HeldFrame | undefined;
  private slot = 0;
  /** What the device will tell within the slot that runs. */
  private event: SlotEvent | null = null;
  private slotStart: number;
  private slotMs: number;
  /** From a `rate` command, from the next slot on. */
  private nextSlotMs: number;
  private attempt = 0;
  private attempts = 0;
  private joins = 0;
  private target: number;
  private nowMs = 0;

  /** `local`: the device's place in its worker; decides its timers. */
  constructor(context: DeviceContext, index: number, local: number) {
    const { schedule, targets, wheel } = context;
    this.context = context;
    this.index = index;
    this.slotTimer = local * TIMERS_PER_DEVICE;
    this.linkTimer = this.slotTimer + 1;
    this.slotStart = slotStartMs(schedule, index, 0);
    this.slotMs = this.nextSlotMs = schedule.slotMs;
    this.target = index % targets.length;
    this.twin = context.createTwin(index, this);
    wheel.set(this.linkTimer, connectAtMs(schedule, index));
    this.beginSlot();
  }

  get linkState(): LinkState {
    return this.state;
  }

  /** One of this device's timers fired. */
  fired(timer: number): void {
    if (timer !== this.slotTimer) this.linkDue();
    else if (this.event !== null) this.tellEvent(this.event);
    else this.endSlot();
  }

  // What the connection tells (through SessionLink, which drops what an earlier connection still says).

  connected(): void {
    if (!this.move('joined')) return;
    const { counters, targets } = this.context;
    if (this.joins++ > 0) counters.reconnects++;
    else countUnder(counters.joinedFrom, targets[this.target]!.localAddress ?? ANY_SOURCE);
    counters.connected++;
    const nowMs = this.tick();
    this.twin.linkUp(nowMs);
    this.pump(nowMs);
  }

  turnedAway(code: string): void {
    const { counters } = this.context;
    countUnder(counters.handshakesRefused, code);
    const event = refusalEvent(code);
    if (event === 'barred') counters.devicesBarred++;
    // The next instance, where there is one: this one is full, or on its way out.
    else this.target = (this.target + 1) % this.context.targets.length;
    if (this.move(event)) this.leaveLink();
    if (this.state === 'waiting') this.backOff();
  }

  answered(messageId: number, answer: FrameAnswer): void {
    if ('reject' in answer) {
      countUnder(this.context.counters.rejected, answer.reject);
      // A refusal names no frame: one for an earlier transmission says nothing of the frame in flight.
      if (messageId !== this.inFlight) return;
    } else this.attempt = 0;
    const nowMs = this.tick();
    this.twin.answered(answer, nowMs);
    this.pump(nowMs);
  }

  command(command: DeviceCommand): void {
    countUnder(this.context.counters.commands, command.command);
    switch (command.command) {
      case 'rate':
        this.nextSlotMs = Math.min(65_535, Math.max(1, Math.round(command.slotMs)));
        break;
      case 'reconnect':
        if (!this.move('sentAway')) break;
        this.target = (this.target + 1) % this.context.targets.length;
        this.leaveLink();
        this.context.wheel.set(this.linkTimer, this.tick() + command.afterMs);
        break;
      case 'time_sync':
        // The device's clock is the run's: it was never behind, only perhaps not set.
        this.twin.syncClock();
        this.pump(this.tick());
        break;
      case 'identify':
      case 'mode':
      case 'update_offer':
        // The light twin has no lamp, no raw mode and no second image: counted.
        break;
    }
  }

  disconnected(reason: string): void {
    if (!this.move('lost')) return;
    this.leaveLink();
    this.note(reason);
    this.backOff();
  }

  /** How a connection ended, whoever ended it. */
  note(reason: string): void {
    countUnder(this.context.counters.linkEnds, linkEndOf(reason));
    const exhausted = exhaustionIn(reason);
    if (exhausted !== undefined) countUnder(this.context.counters.exhausted, exhausted);
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
    this.link?.cut();
  }

  /** The device starts again; without `keepRing` it loses what it held. */
  reboot(keepRing: boolean): void {
    this.link?.cut();
    this.twin.reboot(this.tick(), keepRing);
  }

  /** The run is over: what is still held will not be acknowledged. Nothing happens afterwards. */
  finish(): void {
    const { context } = this;
    context.wheel.clear(this.slotTimer);
    const nowMs = this.tick();
    for (const frame of this.twin.held()) context.resolved(this.index, frame, 'unacknowledged', nowMs);
    if (this.move('close')) this.leaveLink();
    context.wheel.clear(this.linkTimer);
  }

  private tick(): number {
    this.nowMs = this.context.nowMs();
    return this.nowMs;
  }

  private beginSlot(): void {
    const event = this.context.eventOf(this.index, this.slot);
    // A slot that a command made shorter ends before its event is known.
    this.event = event !== null && event.decidedMs <= this.slotMs ? event : null;
    this.awaitSlotTimer();
  }

  /** The slot's event, if it has one and it was not told yet, or its end. */
  private awaitSlotTimer(): void {
    const dueMs = this.slotStart + (this.event === null ? this.slotMs : this.event.decidedMs);
    if (dueMs < this.context.endMs) this.context.wheel.set(this.slotTimer, dueMs);
  }

  private tellEvent({ event, startMs, decidedMs }: SlotEvent): void {
    const { context, slotStart, index } = this;
    const dueMs = slotStart + decidedMs;
    // The run may have been cut short since the timer was set.
    if (dueMs >= context.endMs) return;
    this.nowMs = context.nowMs();
    const { schedule } = context;
    const battery = batteryMv(schedule.seed, index, dueMs - schedule.startMs);
    const frame = this.twin.event(slotStart + startMs, event, 0, battery, dueMs);
    this.event = null;
    this.awaitSlotTimer();
    if (this.state === 'connected') this.pump(this.nowMs);
    context.made(index, frame, context.nowMs());
  }

  private endSlot(): void {
    const { context, slotStart, slotMs, index } = this;
    const dueMs = slotStart + slotMs;
    // The run may have been cut short since the timer was set.
    if (dueMs >= context.endMs) return;
    this.nowMs = context.nowMs();
    const { schedule } = context;
    const battery = batteryMv(schedule.seed, index, dueMs - schedule.startMs);
    const values = context.valuesOf(index, this.slot);
    const frame = this.twin.endSlot(slotStart, slotMs, values, readingFlags(values), battery, dueMs);
    this.slot++;
    this.slotStart = dueMs;
    this.slotMs = this.nextSlotMs;
    this.beginSlot();
    if (this.state === 'connected') this.pump(this.nowMs);
    context.made(index, frame, context.nowMs());
  }

  /** Sends what the twin wants to send, and sleeps until the twin's next deadline. */
  private pump(nowMs: number): void {
    if (this.state !== 'connected') return;
    const { twin, context } = this;
    const frame = twin.transmit(nowMs);
    if (frame !== undefined) {
      this.inFlight = this.link!.send(frame.bytes);
      if (frame !== this.lastSent && frame.firstSentMs === nowMs) context.firstSent(frame);
      else context.counters.retransmitted++;
      this.lastSent = frame;
    }
    if (twin.wakeAtMs < Number.POSITIVE_INFINITY) context.wheel.set(this.linkTimer, twin.wakeAtMs);
    else context.wheel.clear(this.linkTimer);
  }

  /** The link timer: a frame's deadline while connected, otherwise the connection's. */
  private linkDue(): void {
    switch (this.state) {
      case 'connected':
        this.pump(this.tick());
        break;
      case 'connecting':
        this.move('timedOut');
        this.leaveLink();
        countUnder(this.context.counters.linkEnds, 'connect_timeout');
        this.backOff();
        break;
      case 'idle':
      case 'waiting':
        this.connect();
        break;
      case 'stopped':
        break;
    }
  }

  private connect(): void {
    const { context } = this;
    this.move('due');
    this.attempts++;
    context.counters.connectAttempts++;
    context.wheel.set(this.linkTimer, this.tick() + CONNECT_TIMEOUT_MS);
    this.listener = new SessionLink(this);
    this.link = context.transport.open(
      context.targets[this.target]!,
      context.tokenOf(this.index),
      this.listener,
    );
  }

  private backOff(): void {
    const { backoff, schedule, wheel } = this.context;
    const waitMs = backoffMs(backoff, schedule.seed, this.index, this.attempt++, this.attempts);
    wheel.set(this.linkTimer, this.tick() + waitMs);
  }

  /** Lets go of the connection, whatever state it is in. */
  private leaveLink(): void {
    const { link, listener } = this;
    this.link = this.listener = undefined;
    this.inFlight = -1;
    this.context.wheel.clear(this.linkTimer);
    listener?.detach();
    link?.close();
  }

  private move(event: LinkEvent): boolean {
    const next = nextLinkState(this.state, event);
    if (next === undefined) return false;
    if (this.state === 'connected') {
      this.context.counters.connected--;
      this.twin.linkDown(this.tick());
    }
    this.state = next;
    return true;
  }
}
