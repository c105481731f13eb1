import {
  addToDigest,
  type Digest,
  emptyDigest,
  hash32,
  hashString,
  type WindowDocument,
} from '@gaitway/contract';

/**
 * The digest of an archive's content: order-free over documents, and without what may differ between two
 * runs that stored the same (epoch, revision, when it was closed, which readings were late).
 */
export class ArchiveDigest {
  readonly digest: Digest = emptyDigest();

  add(document: WindowDocument): void {
    let low = hash32(
      hashString(document.patient),
      hashString(document.digest),
      document.readings,
      document.startMs,
    );
    let high = hash32(
      hashString(document.ward),
      document.endMs,
      document.startMs / 4294967296,
      document.slots.length,
    );
    for (const { device, boot, fromSeq, toSeq } of document.identities) {
      low = hash32(low, device, boot, fromSeq);
      high = hash32(high, toSeq, low);
    }
    for (const name in document.aggregates) {
      const { sum, min, max } = document.aggregates[name]!;
      low = hash32(low, sum, min, max);
      high = hash32(high, sum / 4294967296, max, min);
    }
    for (const slot of document.slots) {
      low = hash32(low, slot.startMs, slot.seq, slot.tremor ?? -1);
      high = hash32(high, slot.boot, slot.gait ?? -1, slot.rigidityProxy ?? -1);
      low = hash32(low, slot.freezing ?? -1, slot.tremorRating ?? -1);
    }
    for (const { condition, feature, slots, value, moved } of document.drivers ?? []) {
      low = hash32(low, hashString(`${condition} ${feature}`), slots, value);
      high = hash32(high, moved);
    }
    for (const { condition, assessable, severity, probability } of document.assessment.conditions) {
      low = hash32(low, hashString(condition), assessable ? 1 : 0, Math.round(1e6 * (probability ?? -1)));
      high = hash32(high, Math.round(1000 * (severity ?? -1)));
    }
    addToDigest(this.digest, low, high);
  }
}
