import type { HandshakeFault } from '@gaitway/contract';

/**
 * A device's way to its server, as a table: state, what happens, next state. What is not in the table changes
 * nothing.
 *
 *     idle --due--> connecting --joined--> connected --lost / sentAway--> waiting --due--> connecting
 *                       |  turnedAway / lost / timedOut --> waiting
 *                       |  barred --> stopped            close: from anywhere --> stopped
 */
export const LINK_STATES = {
  /** Has not connected yet. */
  idle: { due: 'connecting', close: 'stopped' },
  connecting: {
    joined: 'connected',
    turnedAway: 'waiting',
    lost: 'waiting',
    timedOut: 'waiting',
    barred: 'stopped',
    close: 'stopped',
  },
  connected: { lost: 'waiting', sentAway: 'waiting', close: 'stopped' },
  /** Waits for its next attempt. */
  waiting: { due: 'connecting', close: 'stopped' },
  /** Connects no more: the run is over, or its token will never be accepted. */
  stopped: {},
} as const satisfies Record<string, Partial<Record<string, string>>>;

export type LinkState = keyof typeof LINK_STATES;
export const LINK_EVENTS = [
  'due',
  'joined',
  'turnedAway',
  'barred',
  'lost',
  'timedOut',
  'sentAway',
  'close',
] as const;
export type LinkEvent = (typeof LINK_EVENTS)[number];

/** The next state; `undefined`: this does not happen in this state, and changes nothing. */
export function nextLinkState(state: LinkState, event: LinkEvent): LinkState | undefined {
  const row: Partial<Record<LinkEvent, LinkState>> = LINK_STATES[state];
  return row[event];
}

/** Refusals that another attempt with the same token cannot change. */
const BARRED: ReadonlySet<string> = new Set<HandshakeFault>([
  'token_missing',
  'token_malformed',
  'token_expired',
  'token_signature',
  'token_role',
  'token_claims',
]);

/** What a refused handshake means to the device: give up, or come back later. */
export function refusalEvent(code: string): 'barred' | 'turnedAway' {
  return BARRED.has(code) ? 'barred' : 'turnedAway';
}
