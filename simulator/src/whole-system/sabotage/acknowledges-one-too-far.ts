import type { FrameAnswer } from '@gaitway/contract';
import type { ServerParts } from '../simulated-server.ts';
import { answersThrough } from './answers-through.ts';

/** Answers for one number more than is durable: a device that holds several lets one go that was never sent. Needs outages. */
export function acknowledgesOneTooFar(): ServerParts {
  return answersThrough((_, given: FrameAnswer, answer) => {
    answer('reject' in given ? given : { boot: given.boot, seq: given.seq + 1 });
  });
}
