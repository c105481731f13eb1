/** Why a connection ended: the first word of the reason that `disconnected` gets, few enough for a metric label. */
export const LINK_ENDS = {
  closed: 'this side left',
  cut: 'this side cut the socket without a word',
  refused: 'the server refused the handshake of the namespace',
  left: 'the server took the device out of the namespace',
  server_closed: 'the server closed the connection',
  lost: 'the network or the other process failed under an open connection',
  unreachable: 'no connection came up',
  upgrade: 'the server did not answer the WebSocket upgrade as one',
  connect_timeout: 'the connection did not come up in time',
  ping_timeout: 'the server stopped sending pings',
  protocol: 'the server sent what the protocol does not allow',
} as const;

export type LinkEnd = keyof typeof LINK_ENDS;

/** The reason as the listener gets it: the end's name and, behind a colon, what is known besides. */
export function linkEndReason(end: LinkEnd, detail = ''): string {
  return detail === '' ? end : `${end}: ${detail}`;
}

/** The end that a reason names; `lost` for a text that names none. */
export function linkEndOf(reason: string): LinkEnd {
  const colon = reason.indexOf(':');
  const name = colon < 0 ? reason : reason.slice(0, colon);
  return Object.hasOwn(LINK_ENDS, name) ? (name as LinkEnd) : 'lost';
}
