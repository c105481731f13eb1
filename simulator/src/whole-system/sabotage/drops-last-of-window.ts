import { readFrame, type WindowSettings, windowPhaseMs, windowStartMs } from '@gaitway/contract';
import type { ServerParts } from '../simulated-server.ts';
import { standIn } from '../stand-in.ts';

/** Takes the end of a window for the start of the next one, and the next one has begun without it: off by one. */
export function dropsLastOfWindow(window: WindowSettings): ServerParts {
  return {
    gatewayLog: (log) =>
      standIn(log, {
        append: (batch) => {
          const partitions = batch.partitions.map(({ partition, records }) => ({
            partition,
            records: records.filter(({ patient, bytes }) => {
              const { startMs, slotMs } = readFrame(bytes);
              const phaseMs = windowPhaseMs(patient, window);
              const endMs = windowStartMs(startMs, phaseMs, window) + window.windowMs;
              return startMs + slotMs < endMs;
            }),
          }));
          return log.append({ ...batch, partitions });
        },
      }),
  };
}
