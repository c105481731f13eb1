import type { FrameAnswer } from '@gaitway/contract';
import type { ServerParts } from '../simulated-server.ts';

/** A gateway whose every answer passes through `tell`, which may give another one, several, or none. */
export function answersThrough(
  tell: (bytes: Uint8Array, given: FrameAnswer, answer: (answer: FrameAnswer) => void) => void,
): ServerParts {
  return {
    gateway: (gateway) => ({
      open: (token, peer) => {
        const session = gateway.open(token, peer);
        if ('refused' in session) return session;
        return {
          receive: (bytes, answer) => session.receive(bytes, (given) => tell(bytes, given, answer)),
          closed: () => session.closed?.(),
        };
      },
    }),
  };
}
