import { type Clock, NAMESPACE, type TimerHandle } from '@gaitway/contract';
import type { Namespace, Server } from 'socket.io';
import type { ViewerSession } from '../gateway/viewer-session.ts';
import type { Counter, Meter } from '../observe/meter.ts';
import type { FanOut, Update } from './fan-out.ts';
import { patientRoom, wardRoom } from './rooms.ts';

const ANNOUNCE_EVERY_MS = 2000;
/** Viewers who come or go within this time are announced together. */
const ANNOUNCE_AFTER_MS = 20;
/** An instance that has not announced for this long is gone. */
const FORGET_AFTER_MS = 7000;

/**
 * Fan-out over Socket.IO. On one instance it looks up the rooms of its own viewers. With several instances
 * (an adapter that reaches them, `shared: true`) an update goes to the others as a server-side event, and
 * each hands it to its own viewers, so that a slow one is dealt with where it is connected.
 */
export class SocketFanOut implements FanOut {
  private readonly namespace: Namespace;
  private readonly clock: Clock;
  /** This process, which is not its instance: one that was started again under the same name is another. */
  private readonly sender: string;
  private readonly shared: boolean;
  private readonly published = new Map<Update['kind'], Counter>();
  /** Rooms with viewers on other instances, and until when that is believed. */
  private readonly elsewhere = new Map<string, { rooms: Set<string>; untilMs: number }>();
  private timer: TimerHandle | undefined;
  private announceTimer: TimerHandle | undefined;
  private closed = false;

  constructor(io: Server, options: { clock: Clock; meter: Meter; instance: string; shared: boolean }) {
    this.namespace = io.of(NAMESPACE.live);
    this.clock = options.clock;
    this.sender = `${options.instance}:${options.clock.epochMs()}`;
    this.shared = options.shared;
    for (const kind of ['reading', 'window', 'assessment', 'alert', 'insight'] as const) {
      this.published.set(kind, options.meter.counter('updatesPublished', { kind }));
    }
    if (!this.shared) return;
    this.namespace.on('update', (update: Update) => this.deliver(update));
    this.namespace.on('watched', (sender: string, rooms: string[]) => {
      this.elsewhere.set(sender, {
        rooms: new Set(rooms),
        untilMs: this.clock.monotonicMs() + FORGET_AFTER_MS,
      });
    });
    this.namespace.on('who_watches', () => this.watchedChanged());
    // Until the others have answered, nobody here knows what their viewers watch.
    this.namespace.serverSideEmit('who_watches');
    this.announceAgain();
  }

  publish(update: Update): void {
    this.published.get(update.kind)?.add();
    this.deliver(update);
    if (this.shared && this.isWatchedElsewhere(update.patient, update.ward)) {
      this.namespace.serverSideEmit('update', update);
    }
  }

  isWatched(patient: string, ward: string): boolean {
    const { rooms } = this.namespace.adapter;
    if (rooms.has(patientRoom(patient)) || rooms.has(wardRoom(ward))) return true;
    return this.shared && this.isWatchedElsewhere(patient, ward);
  }

  /** To be called when a viewer watches, stops watching or leaves: others learn of it soon. */
  watchedChanged(): void {
    if (!this.shared || this.closed) return;
    this.announceTimer ??= this.clock.setTimer(ANNOUNCE_AFTER_MS, () => {
      this.announceTimer = undefined;
      this.announce();
    });
  }

  close(): void {
    this.closed = true;
    for (const timer of [this.timer, this.announceTimer]) {
      if (timer !== undefined) this.clock.clearTimer(timer);
    }
    if (this.shared) this.namespace.serverSideEmit('watched', this.sender, []);
  }

  private deliver(update: Update): void {
    const { rooms } = this.namespace.adapter;
    const byPatient = rooms.get(patientRoom(update.patient));
    const byWard = rooms.get(wardRoom(update.ward));
    for (const id of byPatient ?? []) this.session(id)?.deliver(update);
    for (const id of byWard ?? []) if (!byPatient?.has(id)) this.session(id)?.deliver(update);
  }

  private session(id: string): ViewerSession | undefined {
    return this.namespace.sockets.get(id)?.data.session as ViewerSession | undefined;
  }

  private isWatchedElsewhere(patient: string, ward: string): boolean {
    const nowMs = this.clock.monotonicMs();
    for (const [instance, { rooms, untilMs }] of this.elsewhere) {
      if (untilMs < nowMs) this.elsewhere.delete(instance);
      else if (rooms.has(patientRoom(patient)) || rooms.has(wardRoom(ward))) return true;
    }
    return false;
  }

  private announce(): void {
    const watched = [...this.namespace.adapter.rooms.keys()].filter(
      (room) => room.startsWith('patient:') || room.startsWith('ward:'),
    );
    this.namespace.serverSideEmit('watched', this.sender, watched);
  }

  private announceAgain(): void {
    if (this.closed) return;
    this.announce();
    this.timer = this.clock.setTimer(ANNOUNCE_EVERY_MS, () => this.announceAgain());
  }
}
