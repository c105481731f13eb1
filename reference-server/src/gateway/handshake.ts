import { type Clock, HANDSHAKE_FAULTS, type HandshakeFault, type Role } from '@gaitway/contract';
import type { Socket } from 'socket.io';
import type { Counter, Meter } from '../observe/meter.ts';
import { type GoodToken, openGoodToken } from '../tokens/tokens.ts';

/** A handshake that is refused: Socket.IO sends `message` and `data` to the client as `connect_error`. */
class HandshakeRefused extends Error {
  override name = 'HandshakeRefused';
  readonly data: { code: HandshakeFault; says: string };

  constructor(code: HandshakeFault) {
    super(HANDSHAKE_FAULTS[code]);
    this.data = { code, says: HANDSHAKE_FAULTS[code] };
  }
}

export interface HandshakeDeps {
  clock: Clock;
  meter: Meter;
  tokenSecret: string;
  /** A reason why nobody can be let in now. */
  closedBecause(): HandshakeFault | undefined;
}

/** Lets in who has a token of one of these roles; `socket.data` is its {@link GoodToken}. */
export function handshake(roles: readonly Role[], deps: HandshakeDeps) {
  const refused = new Map<HandshakeFault, Counter>();
  for (const reason of Object.keys(HANDSHAKE_FAULTS) as HandshakeFault[]) {
    refused.set(reason, deps.meter.counter('handshakesRefused', { reason }));
  }
  return (socket: Socket, next: (error?: Error) => void): void => {
    const auth: unknown = socket.handshake.auth;
    const token = typeof auth === 'object' && auth !== null && 'token' in auth ? auth.token : undefined;
    const fault = deps.closedBecause();
    const good = fault ?? openGoodToken(token, deps.tokenSecret, deps.clock.epochMs());
    const opened = typeof good === 'string' || roles.includes(good.claims.role) ? good : 'token_role';
    if (typeof opened === 'string') {
      refused.get(opened)?.add();
      next(new HandshakeRefused(opened));
      return;
    }
    socket.data = opened satisfies GoodToken;
    next();
  };
}
