import { type Claims, type Clock, HANDSHAKE_FAULTS, type HandshakeFault, type Role } from '@gaitway/contract';
import type { Socket } from 'socket.io';
import type { Counter, Meter } from '../observe/meter.ts';
import { verifyToken } from '../tokens/tokens.ts';

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

/** Lets in who has a token of one of these roles; the claims are in `socket.data.claims`. */
export function handshake(roles: readonly Role[], deps: HandshakeDeps) {
  const refused = new Map<HandshakeFault, Counter>();
  for (const reason of Object.keys(HANDSHAKE_FAULTS) as HandshakeFault[]) {
    refused.set(reason, deps.meter.counter('handshakesRefused', { reason }));
  }
  return async (socket: Socket, next: (error?: Error) => void): Promise<void> => {
    const auth: unknown = socket.handshake.auth;
    const token = typeof auth === 'object' && auth !== null && 'token' in auth ? auth.token : undefined;
    const fault = deps.closedBecause();
    const claims: Claims | HandshakeFault =
      fault ?? (await verifyToken(token, deps.tokenSecret, deps.clock.epochMs()));
    const refusal: HandshakeFault | undefined =
      typeof claims === 'string' ? claims : roles.includes(claims.role) ? undefined : 'token_role';
    if (refusal) {
      refused.get(refusal)?.add();
      next(new HandshakeRefused(refusal));
      return;
    }
    socket.data = { claims };
    next();
  };
}
