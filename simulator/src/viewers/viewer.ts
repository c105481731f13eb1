import {
  type Clock,
  hashString,
  NAMESPACE,
  type ServerToViewerEvents,
  type ViewerToServerEvents,
  type WatchAnswer,
  type WatchTarget,
} from '@gaitway/contract';
import { io, type Socket } from 'socket.io-client';
import { backoffMs } from '../fleet/backoff.ts';
import { refusalEvent } from '../fleet/link-states.ts';
import type { ViewerPlan } from './viewer-plan.ts';

/** Told what one viewer sees. All moments in ms since the epoch. */
export interface ViewerEyes {
  /** The viewer asks to watch this, after each connection anew. */
  asking(target: WatchTarget): void;
  /** The server lets the viewer watch this. */
  watching(target: WatchTarget): void;
  reading(patient: string, startMs: number): void;
  window(patient: string, startMs: number, revision: number, closedAtMs: number): void;
  assessment(patient: string, startMs: number, revision: number): void;
  alert(patient: string, rule: string, atMs: number): void;
  insight(patient: string, toMs: number): void;
  slow(dropped: number): void;
}

/** How long a viewer that was turned away waits: a person does not wait for minutes. */
const COME_BACK = { baseMs: 1000, capMs: 10_000 };

/**
 * One browser that watches: the official Socket.IO client. It comes back by itself after a lost connection;
 * after a server that sent it away or turned it away it comes back because we say so. Then it watches again.
 */
export class Viewer {
  connected = false;
  watching = 0;
  refused = 0;
  /** Targets of which the server has not said yet whether the viewer may watch them. */
  unanswered = 0;
  private readonly socket: Socket<ServerToViewerEvents, ViewerToServerEvents>;

  private attempt = 0;
  private attempts = 0;
  private left = false;

  constructor(clock: Clock, url: string, plan: ViewerPlan, tokenOf: () => string, eyes: ViewerEyes) {
    const comeBack = () => {
      const waitMs = backoffMs(COME_BACK, hashString(plan.claims.viewer), 0, this.attempt++, this.attempts++);
      clock.setTimer(waitMs, () => {
        if (!this.left) this.socket.connect();
      });
    };
    this.socket = io(url + NAMESPACE.live, {
      transports: ['websocket'],
      forceNew: true,
      // A function, so that each attempt has a token that is good then.
      auth: (give: (auth: object) => void) => give({ token: tokenOf() }),
    });
    const { socket } = this;
    socket.on('connect', () => {
      this.connected = true;
      this.attempt = 0;
      this.watching = 0;
      this.unanswered = plan.targets.length;
      const { id } = socket;
      const watch = (target: WatchTarget) => {
        socket.emit('watch', target, (answer: WatchAnswer) => {
          if (socket.id === id && (answer.watching || answer.code !== 'unavailable')) this.unanswered--;
          if (answer.watching) {
            this.watching++;
            eyes.watching(target);
          } else if (answer.code === 'unavailable') {
            // A connection that came in between has asked for itself.
            clock.setTimer(answer.retryAfterMs, () => {
              if (socket.id === id) watch(target);
            });
          } else this.refused++;
        });
      };
      for (const target of plan.targets) {
        eyes.asking(target);
        watch(target);
      }
    });
    socket.on('disconnect', (reason) => {
      this.connected = false;
      this.unanswered = 0;
      if (reason === 'io server disconnect') comeBack();
    });
    socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
      // While active, the client goes on by itself: the server could not be reached.
      if (socket.active) return;
      this.refused++;
      if (refusalEvent(error.data?.code ?? '') !== 'barred') comeBack();
    });
    socket.on('reading', (reading) => eyes.reading(reading.patient, reading.startMs));
    socket.on('window', (window) =>
      eyes.window(window.patient, window.startMs, window.revision, window.closedAtMs),
    );
    // What a screen shows at once after a watch was allowed: of whoever was away meanwhile, it may be news.
    socket.on('newest', (windows) => {
      for (const { window } of windows) {
        eyes.window(window.patient, window.startMs, window.revision, window.closedAtMs);
      }
    });
    socket.on('assessment', ({ patient, startMs, revision }) => eyes.assessment(patient, startMs, revision));
    socket.on('alert', ({ patient, rule, atMs }) => eyes.alert(patient, rule, atMs));
    socket.on('insight', ({ patient, toMs }) => eyes.insight(patient, toMs));
    socket.on('slow', ({ dropped }) => eyes.slow(dropped));
  }

  leave(): void {
    this.left = true;
    this.socket.disconnect();
  }
}
