import { type FrameAnswer, NAMESPACE } from '@gaitway/contract';
import type { Socket } from 'socket.io';
import { Decoder, Encoder, PacketType } from 'socket.io-parser';

/**
 * Nearly all that a device's connection carries is two packets of Socket.IO 5, always in the same words: the event
 * `frame` with one attachment, and its answer. Here they are read and written by their words; everything else goes
 * Socket.IO's usual way, and so do these two when a client says them in other words (with a further argument, say).
 * A reading then costs the gateway about a quarter less: docs/decisions/0007-gateway.md.
 */

const PREFIX = `${PacketType.BINARY_EVENT}1-${NAMESPACE.device},`;
const SUFFIX = '["frame",{"_placeholder":true,"num":0}]';
/** More digits than this may be more than a number holds; Socket.IO may decide then. */
const NUMBER_DIGITS_MAX = 15;
const DIGIT_ZERO = 48;

/** Takes a frame that came in the usual words. `packetId` is the number that its answer has to carry. */
export type TakeFrame = (bytes: Uint8Array, packetId: number) => void;

/** Which decoder read the credentials of a connection: Socket.IO hands those on as they are. */
const decoderOf = new WeakMap<object, FrameDecoder>();

/** Socket.IO's decoder, which hands frames straight to the session of their device once there is one. */
class FrameDecoder extends Decoder {
  takeFrame: TakeFrame | undefined;
  /** Number of the frame whose bytes are the next message; -1 when there is none. */
  private announced = -1;

  constructor() {
    super();
    this.on('decoded', ({ type, data }) => {
      if (type === PacketType.CONNECT && typeof data === 'object' && data !== null) decoderOf.set(data, this);
    });
  }

  override add(message: unknown): void {
    const { takeFrame, announced } = this;
    if (takeFrame === undefined) return super.add(message);
    if (announced < 0) {
      this.announced = typeof message === 'string' ? packetIdOf(message) : -1;
      return this.announced < 0 ? super.add(message) : undefined;
    }
    if (!(message instanceof Uint8Array)) throw new Error('a text came where the bytes of a frame were due');
    this.announced = -1;
    try {
      takeFrame(message, announced);
    } catch (error) {
      // Thrown from here Socket.IO would take it for a packet that is not in order, and blame the peer.
      process.nextTick(() => {
        throw error;
      });
    }
  }
}

/** The parser of the server: Socket.IO's own, but for the two packets. */
export const FRAME_PARSER = { Encoder, Decoder: FrameDecoder };

/**
 * From now on frames in the usual words go to `take`, and not to the listeners of the event `frame`, until the
 * socket has gone. To be called before the credentials of the handshake are let go.
 */
export function takeFrames(socket: Socket, take: TakeFrame): void {
  const decoder = decoderOf.get(socket.handshake.auth);
  if (!decoder) return;
  decoder.takeFrame = take;
  socket.on('disconnect', () => {
    decoder.takeFrame = undefined;
  });
}

/** Answers a frame that {@link takeFrames} gave out. */
export function answerFrame({ conn }: Socket, packetId: number, answer: FrameAnswer): void {
  const packet = `${PacketType.ACK}${NAMESPACE.device},${packetId}${answerText(answer)}`;
  conn.write(packet, encodedBefore(`${ENGINE_MESSAGE}${packet}`));
}

function answerText(answer: FrameAnswer): string {
  return 'reject' in answer ? JSON.stringify([answer]) : `[{"boot":${answer.boot},"seq":${answer.seq}}]`;
}

/** The number in the packet that announces a frame in the usual words, or -1. */
function packetIdOf(text: string): number {
  const end = text.length - SUFFIX.length;
  const digits = end - PREFIX.length;
  if (digits < 1 || digits > NUMBER_DIGITS_MAX || !text.startsWith(PREFIX) || !text.endsWith(SUFFIX))
    return -1;
  let packetId = 0;
  for (let at = PREFIX.length; at < end; at++) {
    const digit = text.charCodeAt(at) - DIGIT_ZERO;
    if (digit < 0 || digit > 9) return -1;
    packetId = packetId * 10 + digit;
  }
  return packetId;
}

/** Options of an Engine.IO packet: one that is in its types, and one that is not. */
interface EngineOptions {
  compress?: boolean;
  wsPreEncodedFrame?: readonly Buffer[];
}

const ENGINE_MESSAGE = '4';
const FINAL_TEXT_FRAME = 0x81;
/** A WebSocket frame up to this length has a header of two bytes. */
const SHORT_FRAME_BYTES_MAX = 125;

/**
 * What a WebSocket sends as it is, header and all, so that it leaves in one write; other transports take the packet.
 * Socket.IO's own broadcasts use the same option of Engine.IO.
 */
function encodedBefore(ascii: string): EngineOptions {
  if (ascii.length > SHORT_FRAME_BYTES_MAX) return {};
  const frame = Buffer.allocUnsafe(2 + ascii.length);
  frame[0] = FINAL_TEXT_FRAME;
  frame[1] = ascii.length;
  frame.write(ascii, 2, 'latin1');
  return { wsPreEncodedFrame: [frame] };
}
