import { hash32, readFrame } from '@gaitway/contract';
import type { ServerParts } from '../simulated-server.ts';
import { answersThrough } from './answers-through.ts';

/** Never answers for this share of all frames, however often they come. */
export function neverAcknowledges(share: number): ServerParts {
  return answersThrough((bytes, given, answer) => {
    const { device, boot, seq } = readFrame(bytes);
    if (hash32(device, boot, seq) / 4294967296 >= share) answer(given);
  });
}
