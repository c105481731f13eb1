import type { LinkTarget } from '../transport/transport.ts';

/** Some bytes of an image, from where they were asked for on. */
export interface ImagePiece {
  bytes: Uint8Array;
  isLast: boolean;
}

export interface PieceRequest {
  /** The server that the device is connected to. */
  server: LinkTarget;
  /** The device's. */
  token: string;
  /** Which image: the beginning of its SHA-256, as the offer has it. */
  hash: number;
  offset: number;
  /** So many bytes at most. */
  bytes: number;
}

/** `later`: nobody answers now, and asking again may help. `never`: the server has said no. */
export type PieceAnswer = ImagePiece | 'later' | 'never';

/** Where a device's modem gets an image. What it leaves out: retries and time limits, which are the modem's. */
export interface ImageSource {
  /** Calls `then` once, and never from inside. */
  piece(request: PieceRequest, then: (answer: PieceAnswer) => void): void;
}
