import {
  type Clock,
  NAMESPACE,
  type ViewerClaims,
  type WatchAnswer,
  type WatchRefusal,
  type WatchTarget,
} from '@gaitway/contract';
import type { Server, Socket } from 'socket.io';
import type { Archive } from '../archive/archive.ts';
import { patientRoom, wardRoom } from '../fanout/rooms.ts';
import type { SocketFanOut } from '../fanout/socket-fan-out.ts';
import type { Counter, Meter } from '../observe/meter.ts';
import { mayWatch } from '../tokens/tokens.ts';
import { handshake } from './handshake.ts';
import { NewestWindows } from './newest-windows.ts';
import { releaseRequest } from './release-request.ts';
import { SessionExpiry } from './session-expiry.ts';
import { ViewerSession } from './viewer-session.ts';

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

/** Rooms that one viewer may be in; a ward is one. */
const ROOMS_MAX = 2000;

/** Sessions of viewers on `/live`: who may watch whom, and nothing else. */
export class ViewerGateway {
  private readonly deps: ViewerGatewayDeps;
  private readonly newest: NewestWindows;
  private readonly refused = new Map<WatchRefusal, Counter>();
  private draining = false;

  constructor(deps: ViewerGatewayDeps) {
    this.deps = deps;
    this.newest = new NewestWindows(deps);
    const { io, clock, meter, tokenSecret } = deps;
    const connected = meter.gauge('viewersConnected');
    const slow = meter.counter('viewersSlow');
    const dropped = meter.counter('viewerUpdatesDropped');
    const expiry = new SessionExpiry(clock, meter.counter('sessionsExpired', { who: 'viewer' }));
    for (const reason of ['not_allowed', 'bad_request', 'unavailable'] as const) {
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
      socket.data.session = new ViewerSession(socket, {
        queuePacketsMax: deps.viewerQueuePacketsMax,
        onSlow: () => slow.add(),
        onDropped: (count) => dropped.add(count),
      });
      releaseRequest(socket);
      socket.on('disconnect', () => {
        connected.set(namespace.sockets.size);
        deps.fanOut.watchedChanged();
      });
      this.serve(socket);
      expiry.watch(socket);
    });
  }

  /** Lets nobody in any more. Who is there goes on watching until the connection is closed. */
  drain(): void {
    this.draining = true;
  }

  private serve(socket: Socket): void {
    const claims = socket.data.claims as ViewerClaims;
    socket.on('watch', (target: unknown, answer: unknown) => {
      void this.watch(socket, claims, target).then((said) => {
        if (typeof answer === 'function') answer(said);
        if (said.watching) this.sendNewest(socket, target as WatchTarget);
        else this.refused.get(said.code)?.add();
      });
    });
    socket.on('unwatch', (target: unknown, answer: unknown) => {
      const parsed = parseTarget(target);
      if (parsed) {
        void socket.leave(roomOf(parsed));
        this.deps.fanOut.watchedChanged();
      }
      if (typeof answer === 'function') answer(parsed ? { watching: true } : BAD_REQUEST);
    });
  }

  private async watch(socket: Socket, claims: ViewerClaims, target: unknown): Promise<WatchAnswer> {
    const parsed = parseTarget(target);
    if (!parsed) return BAD_REQUEST;
    if (socket.rooms.size >= ROOMS_MAX) {
      return {
        watching: false,
        code: 'bad_request',
        says: `a viewer watches at most ${ROOMS_MAX} patients and wards`,
      };
    }
    if (!mayWatch(claims, parsed, undefined)) {
      // The token does not name the target itself. It may name the ward that the patient is in: the archive knows.
      if ('ward' in parsed || claims.wards.length === 0) return NOT_ALLOWED;
      let ward: string | undefined;
      try {
        ward = (await this.deps.archive.patient(parsed.patient))?.ward;
      } catch {
        return UNAVAILABLE;
      }
      if (!mayWatch(claims, parsed, ward)) return NOT_ALLOWED;
    }
    // Who left meanwhile joins nothing: a socket that has gone ignores this.
    await socket.join(roomOf(parsed));
    this.deps.fanOut.watchedChanged();
    return { watching: true };
  }

  /**
   * Best effort: a screen that stays empty until the next window closes is no fault, nor is an archive that
   * cannot be reached. One target after the other, so that a viewer who watches a lot asks for little at once.
   */
  private sendNewest(socket: Socket, target: WatchTarget): void {
    const session = socket.data.session as ViewerSession;
    const send = async () => {
      for await (const windows of this.newest.of(target)) {
        if (!socket.rooms.has(roomOf(target)) || !session.deliverNewest(windows)) return;
      }
    };
    session.newest.run(send).catch(() => {});
  }
}

const NOT_ALLOWED: WatchAnswer = {
  watching: false,
  code: 'not_allowed',
  says: 'the token does not allow to see this patient or ward',
};

const UNAVAILABLE: WatchAnswer = {
  watching: false,
  code: 'unavailable',
  says: 'which ward the patient is in cannot be looked up now: ask again later',
  retryAfterMs: 2000,
};

const BAD_REQUEST: WatchAnswer = {
  watching: false,
  code: 'bad_request',
  says: 'say { patient: "..." } or { ward: "..." }',
};

function roomOf(target: WatchTarget): string {
  return 'patient' in target ? patientRoom(target.patient) : wardRoom(target.ward);
}

function parseTarget(target: unknown): WatchTarget | undefined {
  if (typeof target !== 'object' || target === null) return undefined;
  const { patient, ward } = target as Record<string, unknown>;
  if (typeof patient === 'string' && patient !== '' && ward === undefined) return { patient };
  if (typeof ward === 'string' && ward !== '' && patient === undefined) return { ward };
  return undefined;
}
