import type { Server as HttpServer } from 'node:http';
import { type Clock, FRAME_BYTES_MAX } from '@gaitway/contract';
import { Server, type ServerOptions } from 'socket.io';
import { FRAME_PARSER } from './frame-packets.ts';

/** A frame of up to this size is read, so that it can be answered `too_long`; above it the connection is closed. */
export const MESSAGE_BYTES_MAX = Math.max(2 * 1024 * 1024, FRAME_BYTES_MAX);

/**
 * Socket.IO as lean as it can be told to be: no compression contexts, no client files, no recovery
 * buffers, and the upgrade request is let go as soon as the connection stands (it is most of the memory
 * of an idle connection). Frames and their answers take a short way. Without an HTTP server it takes no connections and only reaches other instances.
 */
export function socketServer(
  httpServer: HttpServer | undefined,
  options: Partial<ServerOptions> = {},
): Server {
  const server = new Server({
    transports: ['websocket', 'polling'],
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
    maxHttpBufferSize: MESSAGE_BYTES_MAX,
    connectTimeout: 20_000,
    pingInterval: 25_000,
    pingTimeout: 20_000,
    parser: FRAME_PARSER,
    ...options,
  });
  if (httpServer) server.attach(httpServer);
  return server;
}

/** A connection of Engine.IO, as far as one sees in it what waits for a slow peer, and can end it at once. */
export interface EngineConnection {
  readonly writeBuffer: readonly unknown[];
  readonly readyState: string;
  /** A WebSocket can be ended without waiting for the peer to agree. */
  readonly transport: { socket?: { terminate?(): void } };
  on(event: 'packetCreate' | 'drain', listener: () => void): void;
  /** With `discard` what waits is thrown away. */
  close(discard: true): void;
}

/**
 * Closes every connection and the HTTP server under it. A peer that does not answer the closing, or a request
 * that does not end, is cut off after `graceMs`: one that is stuck must not keep the process.
 */
export async function closeSocketServer(
  io: Server,
  httpServer: HttpServer | undefined,
  clock: Clock,
  graceMs: number,
): Promise<void> {
  if (httpServer === undefined) {
    await Promise.allSettled([...io._nsps.values()].map(async ({ adapter }) => adapter.close()));
    return;
  }
  const { clients } = io.engine as unknown as { clients: Record<string, EngineConnection> };
  const webSockets = Object.values(clients).map(({ transport }) => transport.socket);
  const timer = clock.setTimer(graceMs, () => {
    for (const webSocket of webSockets) webSocket?.terminate?.();
    httpServer.closeAllConnections();
  });
  await io.close();
  clock.clearTimer(timer);
}
