import type { Metric } from './metric.ts';

/** Who is connected, and who was not let in. */
export const GATEWAY_METRICS = {
  devicesConnected: {
    name: 'gaitway_devices_connected',
    kind: 'gauge',
    unit: 'count',
    help: 'Device connections that are open on this instance.',
  },
  viewersConnected: {
    name: 'gaitway_viewers_connected',
    kind: 'gauge',
    unit: 'count',
    help: 'Viewer connections that are open on this instance.',
  },
  handshakesRefused: {
    name: 'gaitway_handshakes_refused_total',
    kind: 'counter',
    unit: 'count',
    help: 'Handshakes that were refused, by reason.',
    labels: {
      reason: [
        'token_missing',
        'token_malformed',
        'token_expired',
        'token_signature',
        'token_role',
        'token_claims',
        'draining',
        'full',
      ],
    },
  },
  sessionsExpired: {
    name: 'gaitway_sessions_expired_total',
    kind: 'counter',
    unit: 'count',
    help: 'Connections that were ended because their token had expired, by whose they were.',
    labels: { who: ['device', 'viewer'] },
  },
  watchesRefused: {
    name: 'gaitway_watches_refused_total',
    kind: 'counter',
    unit: 'count',
    help: 'Requests of viewers to watch that were refused, by reason.',
    labels: { reason: ['not_allowed', 'bad_request', 'unwatched', 'unavailable'] },
  },
  connectionsUnread: {
    name: 'gaitway_connections_unread_total',
    kind: 'counter',
    unit: 'count',
    help: 'Connections that were closed because too many packets waited for a peer that did not read them.',
  },
} as const satisfies Record<string, Metric>;
