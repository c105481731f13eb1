import {
  FEATURE_FIELDS,
  HEADER,
  HEADER_BYTES,
  readFeatures,
  readU16,
  readU32,
  type WindowDocument,
} from '@gaitway/contract';

/** The stored aggregates that are not those of the frames that were sent; `null`: a frame of the document is not at hand. */
export function wrongAggregates(document: WindowDocument, frames: readonly Uint8Array[]): string[] | null {
  const named = new Map<string, Uint8Array>();
  for (const frame of frames) {
    const identity = `${readU32(frame, HEADER.device)}:${readU16(frame, HEADER.boot)}:${readU32(frame, HEADER.seq)}`;
    named.set(identity, frame);
  }
  const fields = FEATURE_FIELDS.length;
  const values = new Int32Array(fields);
  const sum = new Float64Array(fields);
  const min = new Float64Array(fields).fill(Number.POSITIVE_INFINITY);
  const max = new Float64Array(fields).fill(Number.NEGATIVE_INFINITY);
  let folded = 0;
  for (const { device, boot, fromSeq, toSeq } of document.identities) {
    // More than was kept cannot all be at hand: and a hostile range is not walked.
    if (toSeq - fromSeq >= frames.length) return null;
    for (let seq = fromSeq; seq <= toSeq; seq++) {
      const frame = named.get(`${device}:${boot}:${seq}`);
      if (frame === undefined) return null;
      readFeatures(frame, HEADER_BYTES, values);
      folded++;
      for (let i = 0; i < fields; i++) {
        const value = values[i]!;
        sum[i]! += value;
        if (value < min[i]!) min[i] = value;
        if (value > max[i]!) max[i] = value;
      }
    }
  }
  if (folded === 0) return null;
  const wrong: string[] = [];
  for (let i = 0; i < fields; i++) {
    const { name } = FEATURE_FIELDS[i]!;
    const stored = document.aggregates[name];
    if (stored === undefined || stored.sum !== sum[i] || stored.min !== min[i] || stored.max !== max[i]) {
      const says =
        stored === undefined ? 'is missing' : `is sum ${stored.sum}, min ${stored.min}, max ${stored.max}`;
      wrong.push(`${name} ${says}, not sum ${sum[i]}, min ${min[i]}, max ${max[i]}`);
    }
  }
  return wrong;
}
