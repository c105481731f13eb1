import { type Clock, NAMESPACE, type WatchRefusal, type WatchTarget } from '@gaitway/contract';
import type { Server, Socket } from 'socket.io';
import type { Archive } from '../archive/archive.ts';
import type { SocketFanOut } from '../fanout/socket-fan-out.ts';
import type { Counter, Meter } from '../observe/meter.ts';
import { handshake } from './handshake.ts';
import { NewestWindows } from './newest-windows.ts';
import { releaseRequest } from './release-request.ts';
import { SessionExpiry } from './session-expiry.ts';
import { ViewerSession } from './viewer-session.ts';
import { WatchRequests, type WatchRequestsDeps } from './watch-requests.ts';

export interface ViewerGatewayDeps {
  io: Server;
  archive: Pick<Archive, 'patient' | 'patients' | 'windowsOf'>;
  fanOut: SocketFanOut;
  clock: Clock;
  meter: Meter;
  tokenSecret: string;
  connectionsMax: number;
  viewerQueuePacketsMax: number;
  windowMs: number;
}

/** Sessions of viewers on `/live`: who may watch whom, and nothing else. */
export class ViewerGateway {
  private readonly refused = new Map<WatchRefusal, Counter>();
  private draining = false;

  constructor(deps: ViewerGatewayDeps) {
    const { io, clock, meter, tokenSecret } = deps;
    const watching: WatchRequestsDeps = {
      archive: deps.archive,
      newest: new NewestWindows(deps),
      watchedChanged: () => deps.fanOut.watchedChanged(),
    };
    const connected = meter.gauge('viewersConnected');
    const slow = meter.counter('viewersSlow');
    const dropped = meter.counter('viewerUpdatesDropped');
    const expiry = new SessionExpiry(clock, meter.counter('sessionsExpired', { who: 'viewer' }));
    for (const reason of ['not_allowed', 'bad_request', 'unwatched', 'unavailable'] as const) {
      this.refused.set(reason, meter.counter('watchesRefused', { reason }));
    }
    const namespace = io.of(NAMESPACE.live);
    namespace.use(
      handshake(['patient', 'caregiver', 'doctor'], {
        clock,
        meter,
        tokenSecret,
        closedBecause: () => {
          if (this.draining) return 'draining';
          return namespace.sockets.size >= deps.connectionsMax ? 'full' : undefined;
        },
      }),
    );
    namespace.on('connection', (socket) => {
      connected.set(namespace.sockets.size);
      const session = new ViewerSession(socket, {
        queuePacketsMax: deps.viewerQueuePacketsMax,
        onSlow: () => slow.add(),
        onDropped: (count) => dropped.add(count),
      });
      socket.data.session = session;
      releaseRequest(socket);
      socket.on('disconnect', () => {
        connected.set(namespace.sockets.size);
        deps.fanOut.watchedChanged();
      });
      this.serve(socket, new WatchRequests(socket, session, watching));
      expiry.watch(socket);
    });
  }

  /** Lets nobody in any more. Who is there goes on watching until the connection is closed. */
  drain(): void {
    this.draining = true;
  }

  private serve(socket: Socket, requests: WatchRequests): void {
    socket.on('watch', (target: unknown, answer: unknown) => {
      void requests.watch(target).then((said) => {
        if (typeof answer === 'function') answer(said);
        if (said.watching) requests.show(target as WatchTarget);
        else this.refused.get(said.code)?.add();
      });
    });
    socket.on('unwatch', (target: unknown, answer: unknown) => {
      const said = requests.unwatch(target);
      if (typeof answer === 'function') answer(said);
    });
  }
}
