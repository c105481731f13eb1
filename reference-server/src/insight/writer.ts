import type { FallBack, Insight } from '@gaitway/contract';
import type { InsightMaterial } from './material.ts';

/**
 * Who writes the sentences of an insight. What it offers is checked by somebody else and need not even be
 * sentences; it decides neither what is retrieved nor what is kept.
 */
export interface InsightWriter {
  readonly writer: Insight['writer'];
  /** Version or model, as the insight names it. */
  readonly writtenBy: string;
  /** Rejects with a {@link WriterFault} when it has nothing to offer now, and with the reason of `signal` when that ends it. */
  write(material: InsightMaterial, signal?: AbortSignal): Promise<readonly unknown[]>;
}

/** A writer that could not write, and why: the built-in one writes in its place. */
export class WriterFault extends Error {
  override name = 'WriterFault';
  readonly reason: FallBack;

  constructor(reason: FallBack, says: string) {
    super(says);
    this.reason = reason;
  }
}
