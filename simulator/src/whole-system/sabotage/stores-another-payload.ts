import { HEADER_BYTES, TRAILER_BYTES } from '@gaitway/contract';
import type { ServerParts } from '../simulated-server.ts';
import { standIn } from '../stand-in.ts';

/** One record in `oneIn` keeps its number and gets the payload of the record before it. */
export function storesAnotherPayload(oneIn: number): ServerParts {
  let seen = 0;
  let before: Uint8Array | undefined;
  return {
    gatewayLog: (log) =>
      standIn(log, {
        append: (batch) => {
          const partitions = batch.partitions.map(({ partition, records }) => ({
            partition,
            records: records.map((record) => {
              const wrong = ++seen % oneIn === 0 ? withPayloadOf(before, record.bytes) : record.bytes;
              before = record.bytes;
              return { ...record, bytes: wrong };
            }),
          }));
          return log.append({ ...batch, partitions });
        },
      }),
  };
}

function withPayloadOf(other: Uint8Array | undefined, bytes: Uint8Array): Uint8Array {
  if (other === undefined || other.length !== bytes.length) return bytes;
  const wrong = bytes.slice();
  const end = bytes.length - TRAILER_BYTES;
  wrong.set(other.subarray(HEADER_BYTES, end), HEADER_BYTES);
  return wrong;
}
