import type { DeviceCommand, FrameAnswer } from '@gaitway/contract';
import { linkEndOf } from '../transport/link-end.ts';
import type { DeviceLink, LinkTarget } from '../transport/transport.ts';
import { backoffMs } from './backoff.ts';
import { ANY_SOURCE, countUnder, exhaustionIn } from './counters.ts';
import { CONNECT_TIMEOUT_MS, type DeviceContext } from './device-context.ts';
import { type LinkEvent, type LinkState, nextLinkState, refusalEvent } from './link-states.ts';
import { connectAtMs } from './schedule.ts';
import { type ConnectionHearer, SessionLink } from './session-link.ts';

/** What a device hears of its connection. */
export interface ConnectionOwner {
  linkUp(): void;
  linkDown(): void;
  answered(messageId: number, answer: FrameAnswer): void;
  /** Every command but `reconnect`. */
  command(command: DeviceCommand): void;
}

/**
 * The connection of one device, twin or canary, and the policy of making it again. What goes over it is its owner's, and so is
 * its timer while it is up.
 */
export class DeviceConnection implements ConnectionHearer {
  private readonly context: DeviceContext;
  private readonly index: number;
  private readonly timer: number;
  private readonly owner: ConnectionOwner;
  state: LinkState = 'idle';
  private listener: SessionLink | undefined;
  private link: DeviceLink | undefined;
  private attempt = 0;
  private attempts = 0;
  private joins = 0;
  private target: number;

  constructor(context: DeviceContext, index: number, timer: number, owner: ConnectionOwner) {
    this.context = context;
    this.index = index;
    this.timer = timer;
    this.owner = owner;
    this.target = index % context.targets.length;
    context.wheel.set(timer, connectAtMs(context.schedule, index));
  }

  get isUp(): boolean {
    return this.state === 'connected';
  }

  /** The server that it goes to. */
  get server(): LinkTarget {
    return this.context.targets[this.target]!;
  }

  /** Puts a frame on the connection, which is up, and gives the number of its answer. */
  send(frame: Uint8Array): number {
    return this.link!.send(frame);
  }

  /** Its timer fired while it is not up. */
  due(): void {
    if (this.state === 'connecting') {
      this.move('timedOut');
      this.leaveLink();
      countUnder(this.context.counters.linkEnds, 'connect_timeout');
      this.backOff();
    } else if (this.state === 'idle' || this.state === 'waiting') this.connect();
  }

  /** The network under it is cut. */
  cut(): void {
    this.link?.cut();
  }

  /** The run is over. */
  close(): void {
    if (this.move('close')) this.leaveLink();
    this.context.wheel.clear(this.timer);
  }

  connected(): void {
    if (!this.move('joined')) return;
    const { counters, wheel } = this.context;
    wheel.clear(this.timer);
    if (this.joins++ > 0) counters.reconnects++;
    else countUnder(counters.joinedFrom, this.server.localAddress ?? ANY_SOURCE);
    counters.connected++;
    this.owner.linkUp();
  }

  turnedAway(code: string): void {
    const { counters } = this.context;
    countUnder(counters.handshakesRefused, code);
    const event = refusalEvent(code);
    if (event === 'barred') counters.devicesBarred++;
    // The next instance, where there is one: this one is full, or on its way out.
    else this.nextTarget();
    if (this.move(event)) this.leaveLink();
    if (this.state === 'waiting') this.backOff();
  }

  answered(messageId: number, answer: FrameAnswer): void {
    if ('reject' in answer) countUnder(this.context.counters.rejected, answer.reject);
    else this.attempt = 0;
    this.owner.answered(messageId, answer);
  }

  command(command: DeviceCommand): void {
    const { counters, wheel, nowMs } = this.context;
    countUnder(counters.commands, command.command);
    if (command.command !== 'reconnect') {
      this.owner.command(command);
      return;
    }
    if (!this.move('sentAway')) return;
    this.nextTarget();
    this.leaveLink();
    wheel.set(this.timer, nowMs() + command.afterMs);
  }

  disconnected(reason: string): void {
    if (!this.move('lost')) return;
    this.leaveLink();
    const { counters } = this.context;
    countUnder(counters.linkEnds, linkEndOf(reason));
    const exhausted = exhaustionIn(reason);
    if (exhausted !== undefined) countUnder(counters.exhausted, exhausted);
    this.backOff();
  }

  private nextTarget(): void {
    this.target = (this.target + 1) % this.context.targets.length;
  }

  private connect(): void {
    const { context } = this;
    this.move('due');
    this.attempts++;
    context.counters.connectAttempts++;
    context.wheel.set(this.timer, context.nowMs() + CONNECT_TIMEOUT_MS);
    this.listener = new SessionLink(this);
    this.link = context.transport.open(this.server, context.tokenOf(this.index), this.listener);
  }

  private backOff(): void {
    const { backoff, schedule, wheel, nowMs } = this.context;
    const waitMs = backoffMs(backoff, schedule.seed, this.index, this.attempt++, this.attempts);
    wheel.set(this.timer, nowMs() + waitMs);
  }

  /** Lets go of the connection, whatever state it is in. */
  private leaveLink(): void {
    const { link, listener } = this;
    this.link = this.listener = undefined;
    this.context.wheel.clear(this.timer);
    listener?.detach();
    link?.close();
  }

  private move(event: LinkEvent): boolean {
    const next = nextLinkState(this.state, event);
    if (next === undefined) return false;
    if (this.state === 'connected') {
      this.context.counters.connected--;
      this.owner.linkDown();
    }
    this.state = next;
    return true;
  }
}
