import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface RawServer {
  url: string;
  stop(): void;
}

/** A TCP server that hands each connection and the text of its upgrade request to the test. */
export async function startRawServer(
  onRequest: (socket: Socket, request: string) => void,
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let request = '';
    const collect = (bytes: Buffer): void => {
      request += bytes.toString('latin1');
      if (!request.includes('\r\n\r\n')) return;
      socket.off('data', collect);
      onRequest(socket, request);
      socket.resume();
    };
    socket.on('data', collect);
    // The client may cut the connection whenever it has seen enough.
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** The head of a correct answer to an upgrade request. */
export function upgradeAnswer(request: string): string {
  const key = /^sec-websocket-key: (.*)$/im.exec(request)?.[1]?.trim() ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

export interface FrameShape {
  opcode: number;
  final?: boolean;
  /** How its length is written: as short as it can be, or in 2 or 8 bytes. */
  lengthBytes?: 0 | 2 | 8;
}

/** A frame as a server sends it. */
export function serverFrame(payload: Uint8Array | string, shape: FrameShape = { opcode: 1 }): Buffer {
  const body = Buffer.from(payload);
  const shortest = body.length < 126 ? 0 : body.length < 65_536 ? 2 : 8;
  const lengthBytes = Math.max(shortest, shape.lengthBytes ?? 0);
  const header = Buffer.alloc(2 + lengthBytes);
  header[0] = (shape.final === false ? 0 : 0x80) | shape.opcode;
  header[1] = lengthBytes === 0 ? body.length : lengthBytes === 2 ? 126 : 127;
  if (lengthBytes === 2) header.writeUInt16BE(body.length, 2);
  if (lengthBytes === 8) header.writeBigUInt64BE(BigInt(body.length), 2);
  return Buffer.concat([header, body]);
}
