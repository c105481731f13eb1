/** A frame that the device keeps until it is acknowledged, dropped or refused. */
export interface HeldFrame {
  /** Header, payload and trailer. Header and payload never change; the trailer is stamped at each transmission. */
  readonly bytes: Uint8Array;
  /** CRC of header and payload, kept so that a transmission continues it over the trailer only. */
  sealed: number;
  readonly boot: number;
  readonly seq: number;
  /** When the frame was due: latency starts here. */
  readonly dueMs: number;
  /** When it was first put on the wire; -1: never. */
  firstSentMs: number;
}
