import type { Clock } from '@gaitway/contract';
import type { AppendBatch, ReadingLog } from '@gaitway/reference-server';
import type { ServerParts } from '../simulated-server.ts';
import { standIn } from '../stand-in.ts';

const BEHIND_MS = 2000;

/** Says "durable" at once and appends two seconds later: what waits is lost when the process dies. Needs gateway crashes. */
export function acknowledgesEarlyAndCrashes(): ServerParts {
  return {
    gatewayLog: (log: ReadingLog, clock: Clock) =>
      standIn(log, {
        append: async (batch: AppendBatch) => {
          clock.setTimer(BEHIND_MS, () => {
            log.append(batch).catch(() => {});
          });
        },
      }),
  };
}
