import type { ServerParts } from '../simulated-server.ts';
import { answersOtherwise, withScores } from './answers-otherwise.ts';

/** Calls not assessable what comes beyond so many readings in a second, so that it looks fast under load. */
export function shedsInferenceAbove(readingsPerSecond: number): ServerParts {
  const readings = new Map<number, number>();
  return answersOtherwise(({ slots }) =>
    slots.map((slot) => {
      const second = Math.floor(slot.startMs / 1000);
      const count = (readings.get(second) ?? 0) + 1;
      readings.set(second, count);
      return count > readingsPerSecond ? withScores(slot, () => null) : slot;
    }),
  );
}
