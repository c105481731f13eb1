import { isFields } from '../device-messages.ts';

/** First byte of an Engine.IO 4 packet in a text frame (a binary frame is a message without that byte). */
export const ENGINE = {
  open: 0x30,
  close: 0x31,
  ping: 0x32,
  pong: 0x33,
  message: 0x34,
  upgrade: 0x35,
  noop: 0x36,
} as const;

/** The answer to a ping. */
export const ENGINE_PONG = Buffer.from('3');

/** What the open packet says of the heartbeat: the server sends a ping every interval. */
export interface EngineOpen {
  pingIntervalMs: number;
  pingTimeoutMs: number;
}

/** Reads the JSON of an open packet; `undefined` where it is not one with a usable heartbeat. */
export function parseEngineOpen(text: string): EngineOpen | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isFields(value) || typeof value.sid !== 'string') return undefined;
  const { pingInterval, pingTimeout } = value;
  if (!isPositive(pingInterval) || !isPositive(pingTimeout)) return undefined;
  return { pingIntervalMs: pingInterval, pingTimeoutMs: pingTimeout };
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
