import {
  addToDigest,
  formatDigest,
  frameHash,
  frameHashHigh,
  parseDigest,
  readFrame,
  type WindowDocument,
} from '@gaitway/contract';
import type { ServerParts } from '../simulated-server.ts';
import { standIn } from '../stand-in.ts';

interface Twice {
  device: number;
  boot: number;
  seq: number;
  low: number;
  high: number;
}

/** Folds a record that the log holds twice (an append that failed after it was kept) twice. Needs forgotten appends. */
export function doubleCountsRetries(): ServerParts {
  const seen = new Set<string>();
  const twice: Twice[] = [];
  return {
    gatewayLog: (log) =>
      standIn(log, {
        append: (batch) => {
          for (const { bytes } of batch.partitions.flatMap(({ records }) => records)) {
            const { device, boot, seq } = readFrame(bytes);
            const identity = `${device}:${boot}:${seq}`;
            if (!seen.has(identity)) seen.add(identity);
            else twice.push({ device, boot, seq, low: frameHash(bytes), high: frameHashHigh() });
          }
          return log.append(batch);
        },
      }),
    processorArchive: (archive) =>
      standIn(archive, { saveWindows: (windows) => archive.saveWindows(windows.map(withRetries)) }),
  };

  function withRetries(window: WindowDocument): WindowDocument {
    const digest = parseDigest(window.digest);
    let { readings } = window;
    for (const { device, boot, seq, low, high } of twice) {
      const holds = window.identities.some(
        (range) =>
          range.device === device && range.boot === boot && range.fromSeq <= seq && seq <= range.toSeq,
      );
      if (!holds) continue;
      readings += 1;
      addToDigest(digest, low, high);
    }
    return { ...window, readings, digest: formatDigest(digest) };
  }
}
