import { type Acknowledged, decodeFrame } from '@gaitway/contract';

/**
 * A server that does what `docs/wire-format.md` says and nothing else: it stores a frame once and
 * acknowledges, per boot, everything up to which nothing is missing or was declared dropped.
 */
export class HonestServer {
  /** Every stored frame's fixed part, by `boot:seq`. */
  readonly stored = new Map<string, string>();
  private readonly reached = new Map<number, number>();

  /** Takes one frame's bytes; throws on bytes that a frame cannot have. */
  receive(bytes: Uint8Array): Acknowledged {
    const frame = decodeFrame(bytes);
    if (typeof frame === 'string') throw new Error(`not a frame: ${frame}`);
    const key = `${frame.boot}:${frame.seq}`;
    const fixed = Buffer.from(bytes.subarray(0, bytes.length - 6)).toString('hex');
    const before = this.stored.get(key);
    if (before !== undefined && before !== fixed) throw new Error(`${key} comes again with other bytes`);
    this.stored.set(key, fixed);
    let reached = Math.max(this.reached.get(frame.boot) ?? -1, frame.oldestHeldSeq - 1);
    while (this.stored.has(`${frame.boot}:${reached + 1}`)) reached += 1;
    this.reached.set(frame.boot, reached);
    return { boot: frame.boot, seq: reached };
  }
}
