import { createHash, randomBytes } from 'node:crypto';
import type { TargetAddress } from '../target-address.ts';

/** RFC 6455, section 1.3: what server and client append to the key before they hash it. */
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** An answer's head above this is not one of a WebSocket server. */
export const HANDSHAKE_HEAD_BYTES_MAX = 8192;

/** A fresh `Sec-WebSocket-Key`: 16 random bytes in base64, as RFC 6455 4.1 asks. */
export function handshakeKey(): string {
  return randomBytes(16).toString('base64');
}

export function acceptOf(key: string): string {
  return createHash('sha1')
    .update(key + ACCEPT_GUID)
    .digest('base64');
}

/** The upgrade request for Engine.IO 4 over WebSocket. No extension is offered, so frames never come compressed. */
export function handshakeRequest(address: TargetAddress, key: string): string {
  return (
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n' +
    `Host: ${address.authority}\r\n` +
    'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
    `Sec-WebSocket-Key: ${key}\r\n\r\n`
  );
}

export type HandshakeAnswer = { accepted: true } | { accepted: false; why: string };

/** Judges the head of the server's answer (everything before the empty line). */
export function judgeHandshake(head: string, key: string): HandshakeAnswer {
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (status === undefined) return { accepted: false, why: 'the answer is not HTTP' };
  if (status !== '101') return { accepted: false, why: `HTTP ${status}` };
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    return { accepted: false, why: 'HTTP 101 without Upgrade: websocket' };
  }
  if (headers.get('sec-websocket-accept') !== acceptOf(key)) {
    return { accepted: false, why: 'Sec-WebSocket-Accept does not fit the key' };
  }
  if (headers.has('sec-websocket-extensions')) {
    return { accepted: false, why: 'the server chose an extension that was not offered' };
  }
  return { accepted: true };
}
