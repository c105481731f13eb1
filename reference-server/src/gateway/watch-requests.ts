import type { ViewerClaims, WatchAnswer, WatchTarget } from '@gaitway/contract';
import type { Socket } from 'socket.io';
import type { Archive } from '../archive/archive.ts';
import { patientRoom, wardRoom } from '../fanout/rooms.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import { mayWatch } from '../tokens/tokens.ts';
import type { NewestWindows } from './newest-windows.ts';
import type { ViewerSession } from './viewer-session.ts';

/** Rooms that one viewer may be in, or wait for; a ward is one. */
export const ROOMS_MAX = 2000;

export interface WatchRequestsDeps {
  archive: Pick<Archive, 'patient'>;
  newest: NewestWindows;
  /** Told when the viewer came into a room, or left one. */
  watchedChanged(): void;
}

type Refusal = Extract<WatchAnswer, { watching: false }>;

/** Whether a target may be watched, while that is found out. */
interface Question {
  refusal: Promise<Refusal | undefined>;
  /** The last word on it was `watch`, not `unwatch`. */
  wanted: boolean;
}

/**
 * What one viewer asks to watch. However often and fast it asks, the archive has one question of it for each target,
 * and it is in or waits for {@link ROOMS_MAX} rooms at the most.
 */
export class WatchRequests {
  private readonly socket: Socket;
  private readonly session: ViewerSession;
  private readonly deps: WatchRequestsDeps;
  private readonly questions = new Map<string, Question>();
  private waiting = 0;
  private readonly toShow = new Set<string>();
  private readonly showing = new OneAtATime();

  constructor(socket: Socket, session: ViewerSession, deps: WatchRequestsDeps) {
    this.socket = socket;
    this.session = session;
    this.deps = deps;
  }

  async watch(asked: unknown): Promise<WatchAnswer> {
    const target = parseTarget(asked);
    if (!target) return BAD_REQUEST;
    const { socket, questions } = this;
    const room = roomOf(target);
    if (socket.rooms.has(room)) return WATCHING;
    if (socket.rooms.size + this.waiting >= ROOMS_MAX) return TOO_MANY;
    const question = questions.get(room) ?? { refusal: this.refusalOf(target), wanted: true };
    question.wanted = true;
    questions.set(room, question);
    this.waiting += 1;
    const refusal = await question.refusal;
    this.waiting -= 1;
    questions.delete(room);
    if (refusal) return refusal;
    if (!question.wanted) return UNWATCHED;
    // Who left meanwhile joins nothing: a socket that has gone ignores this.
    await socket.join(room);
    this.deps.watchedChanged();
    return WATCHING;
  }

  unwatch(asked: unknown): WatchAnswer {
    const target = parseTarget(asked);
    if (!target) return BAD_REQUEST;
    const room = roomOf(target);
    const question = this.questions.get(room);
    if (question) question.wanted = false;
    void this.socket.leave(room);
    this.deps.watchedChanged();
    return WATCHING;
  }

  /**
   * Shows what the archive holds of a target that is watched now. Best effort: a screen that stays empty until
   * the next window closes is no fault, nor is an archive that cannot be reached. One target after the other, and
   * each once, so that a viewer who watches a lot asks for little at once.
   */
  show(target: WatchTarget): void {
    const { socket, session, toShow } = this;
    const room = roomOf(target);
    if (toShow.has(room) || toShow.size >= ROOMS_MAX) return;
    toShow.add(room);
    const send = async () => {
      if (!socket.rooms.has(room)) return;
      for await (const windows of this.deps.newest.of(target)) {
        if (!socket.rooms.has(room) || !session.deliverNewest(windows)) return;
      }
    };
    void this.showing
      .run(send)
      .catch(() => {})
      .finally(() => toShow.delete(room));
  }

  private async refusalOf(target: WatchTarget): Promise<Refusal | undefined> {
    const claims = this.socket.data.claims as ViewerClaims;
    if (mayWatch(claims, target, undefined)) return undefined;
    // The token does not name the target itself. It may name the ward that the patient is in: the archive knows.
    if ('ward' in target || claims.wards.length === 0) return NOT_ALLOWED;
    try {
      const ward = (await this.deps.archive.patient(target.patient))?.ward;
      return mayWatch(claims, target, ward) ? undefined : NOT_ALLOWED;
    } catch {
      return UNAVAILABLE;
    }
  }
}

const WATCHING: WatchAnswer = { watching: true };

const NOT_ALLOWED: Refusal = {
  watching: false,
  code: 'not_allowed',
  says: 'the token does not allow to see this patient or ward',
};

const UNAVAILABLE: Refusal = {
  watching: false,
  code: 'unavailable',
  says: 'which ward the patient is in cannot be looked up now: ask again later',
  retryAfterMs: 2000,
};

const UNWATCHED: Refusal = {
  watching: false,
  code: 'unwatched',
  says: 'an unwatch of the same came before it was known whether it may be watched',
};

const BAD_REQUEST: Refusal = {
  watching: false,
  code: 'bad_request',
  says: 'say { patient: "..." } or { ward: "..." }',
};

const TOO_MANY: Refusal = {
  watching: false,
  code: 'bad_request',
  says: `a viewer watches at most ${ROOMS_MAX} patients and wards`,
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
