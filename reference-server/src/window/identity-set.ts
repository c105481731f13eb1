import type { IdentityRange } from '@gaitway/contract';

/**
 * The identities of the readings in one window: few (12 in a usual window, 120 in raw mode), mostly one
 * unbroken run. Kept as ranges, ordered by device, boot and number, so that membership, the document and
 * the check of the audit are the same thing.
 */
export class IdentitySet {
  readonly ranges: IdentityRange[];

  constructor(ranges: readonly IdentityRange[] = []) {
    this.ranges = ranges.map((range) => ({ ...range }));
  }

  has(device: number, boot: number, seq: number): boolean {
    const { ranges } = this;
    for (let i = 0; i < ranges.length; i++) {
      const range = ranges[i]!;
      if (range.device === device && range.boot === boot && seq >= range.fromSeq && seq <= range.toSeq)
        return true;
    }
    return false;
  }

  /** Adds an identity. `false`: it was there already. */
  add(device: number, boot: number, seq: number): boolean {
    const { ranges } = this;
    const last = ranges[ranges.length - 1];
    // Nearly every reading follows the one before it.
    if (last !== undefined && last.toSeq + 1 === seq && last.boot === boot && last.device === device) {
      last.toSeq = seq;
      return true;
    }
    let at = 0;
    for (; at < ranges.length; at++) {
      const range = ranges[at]!;
      const order = range.device - device || range.boot - boot;
      if (order > 0) break;
      if (order < 0) continue;
      if (seq > range.toSeq + 1) continue;
      if (seq < range.fromSeq - 1) break;
      if (seq >= range.fromSeq && seq <= range.toSeq) return false;
      if (seq === range.fromSeq - 1) {
        range.fromSeq = seq;
        return true;
      }
      range.toSeq = seq;
      const next = ranges[at + 1];
      if (next && next.device === device && next.boot === boot && next.fromSeq === seq + 1) {
        range.toSeq = next.toSeq;
        ranges.splice(at + 1, 1);
      }
      return true;
    }
    ranges.splice(at, 0, { device, boot, fromSeq: seq, toSeq: seq });
    return true;
  }
}
