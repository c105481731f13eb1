import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { targetAddress } from '../transport/target-address.ts';
import type { LinkTarget } from '../transport/transport.ts';
import type { ImageSource, PieceAnswer, PieceRequest } from './image-source.ts';

/** Connections of a process to one server: its devices' modems share them. */
const SOCKETS_MAX = 32;
/** A flash, with something over: what a server sends beyond it is not read. */
const PIECE_BYTES_MAX = 65_536;

/** Images as `GET /v1/images/{hash}` gives them (docs/wire-format.md), over real connections. */
export class HttpImages implements ImageSource {
  private readonly plain = new PlainAgent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  private readonly secure = new SecureAgent({ keepAlive: true, maxSockets: SOCKETS_MAX });

  piece(asked: PieceRequest, then: (answer: PieceAnswer) => void): void {
    const { server, token, hash, offset, bytes } = asked;
    const address = targetAddress(server);
    const request = (address.secure ? secureRequest : plainRequest)({
      agent: address.secure ? this.secure : this.plain,
      ...{ host: address.host, port: address.port, path: `/v1/images/${hash.toString(16).padStart(8, '0')}` },
      ...localAddressOf(server),
      headers: {
        ...{ host: address.authority, authorization: `Bearer ${token}` },
        range: `bytes=${offset}-${offset + bytes - 1}`,
      },
    });
    let isAnswered = false;
    const answer = (given: PieceAnswer): void => {
      if (isAnswered) return;
      isAnswered = true;
      then(given);
    };
    request.on('response', (response) => readPiece(response, asked, answer));
    request.on('error', () => answer('later'));
    request.end();
  }

  /** Lets go of connections that are kept open. */
  close(): void {
    this.plain.destroy();
    this.secure.destroy();
  }
}

function localAddressOf({ localAddress }: LinkTarget): { localAddress?: string } {
  return localAddress === undefined ? {} : { localAddress };
}

function readPiece(
  response: IncomingMessage,
  { offset, bytes }: PieceRequest,
  answer: (given: PieceAnswer) => void,
): void {
  const { statusCode = 0, headers } = response;
  const length = lengthOf(headers['content-range'], offset);
  const parts: Buffer[] = [];
  let held = 0;
  response.on('data', (part: Buffer) => {
    held += part.length;
    if (held <= PIECE_BYTES_MAX) parts.push(part);
    else response.destroy();
  });
  // Also where it was cut off: then not all of it is there.
  response.on('close', () => {
    if (statusCode === 206 && length !== undefined) {
      const piece = Buffer.concat(parts);
      const isWhole = response.complete && piece.length > 0 && piece.length <= bytes;
      answer(isWhole ? { bytes: piece, isLast: offset + piece.length >= length } : 'later');
    } else answer(statusCode === 429 || statusCode >= 500 || statusCode === 0 ? 'later' : 'never');
  });
  response.on('error', () => {});
}

/** The length of the whole, as `Content-Range` says it of a piece that begins where it was asked for. */
function lengthOf(contentRange: string | undefined, offset: number): number | undefined {
  const [, from, length] = /^bytes (\d+)-\d+\/(\d+)$/.exec(contentRange ?? '') ?? [];
  return Number(from) === offset ? Number(length) : undefined;
}
