import type { EventEmitter } from 'node:events';
import type { Socket } from 'socket.io';

/** What is inside a socket of Socket.IO, as far as it keeps the request of its upgrade. */
interface Inside {
  conn: { request: unknown; transport: { socket?: EventEmitter & { _socket?: EventEmitter } } };
  handshake: Record<string, unknown>;
}

/**
 * The HTTP request of the upgrade is much of what an idle connection holds, and nothing reads it once the
 * handshake is over. (`socket.request` is then `null`: Socket.IO's own way to save memory.) Engine.IO keeps it a
 * second time, since 6.6.12, by listeners that middlewares of the upgrade may want and that are left behind.
 */
export function releaseRequest(socket: Socket): void {
  const { conn, handshake: kept } = socket as unknown as Inside;
  conn.request = null;
  kept.headers = NOTHING;
  kept.auth = NOTHING;
  kept.query = NOTHING;
  const webSocket = conn.transport.socket;
  if (webSocket === undefined) return;
  forget(webSocket, 'error', (listener) => listener.name === 'onUpgradeError');
  const network = webSocket._socket;
  // The one listener that was added by `once` and has no name.
  if (network) forget(network, 'close', ({ listener }) => listener !== undefined && listener.name === '');
}

const NOTHING = Object.freeze({});

/** A listener as an emitter keeps it; one that was added by `once` is wrapped. */
interface KeptListener {
  (...given: unknown[]): void;
  listener?: { name: string };
}

function forget(emitter: EventEmitter, event: string, is: (listener: KeptListener) => boolean): void {
  for (const listener of emitter.rawListeners(event) as KeptListener[]) {
    if (is(listener)) emitter.removeListener(event, listener);
  }
}
