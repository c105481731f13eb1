import type { Server } from 'socket.io';
import type { Counter, Meter } from '../observe/meter.ts';
import type { EngineConnection } from './socket-server.ts';

/**
 * Answers that may wait for one peer. What a peer has in one read of its socket (64 KiB) is dealt with before
 * anything can leave: about 2700 of the shortest requests that are answered. So whoever reads is never above it,
 * however fast they ask.
 */
export const ANSWERS_WAITING_MAX = 4096;

/**
 * Ends every connection of `io` for which more than `packetsMax` packets wait: of a peer that asks and does not read,
 * whatever it asks and however it is answered. Answers are not left out instead: a device that misses one would wait
 * for it. Updates for viewers stop well below, in `ViewerSession`.
 */
export function endUnread(io: Server, meter: Meter, packetsMax: number): void {
  const ended = meter.counter('connectionsUnread');
  io.engine.on('connection', (connection: EngineConnection) => {
    // One function for all: a closure for each connection would be memory that says nothing.
    connection.on('packetCreate', endWhenUnread);
  });
  function endWhenUnread(this: EngineConnection): void {
    if (this.writeBuffer.length >= packetsMax) end(this, ended);
  }
}

function end(connection: EngineConnection, ended: Counter): void {
  if (connection.readyState !== 'open') return;
  ended.add();
  const webSocket = connection.transport.socket;
  // In this order: now it takes and gives nothing any more, and then it does not wait for the peer to agree.
  connection.close(true);
  webSocket?.terminate?.();
}
