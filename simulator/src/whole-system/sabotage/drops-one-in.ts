import type { ServerParts } from '../simulated-server.ts';
import { standIn } from '../stand-in.ts';

/** Forgets one record in `oneIn` between acknowledgement and log. */
export function dropsOneIn(oneIn: number): ServerParts {
  let seen = 0;
  return {
    gatewayLog: (log) =>
      standIn(log, {
        append: (batch) => {
          const partitions = batch.partitions.map(({ partition, records }) => ({
            partition,
            records: records.filter(() => ++seen % oneIn !== 0),
          }));
          return log.append({ ...batch, partitions });
        },
      }),
  };
}
