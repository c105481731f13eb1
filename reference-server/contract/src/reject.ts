/**
 * Why a gateway refuses a frame, a handshake or a request to watch. Each reason is also a label of the
 * counter `gaitway_frames_rejected_total`. `drop`: the device must not send this frame again, it can never
 * be accepted; `later`: it keeps the frame and tries again after `retryAfterMs`.
 */
export const REJECT_REASONS = {
  bad_message: {
    device: 'drop',
    says: 'the event does not carry exactly one binary frame and an acknowledgement callback',
  },
  too_long: { device: 'drop', says: 'the frame is longer than any kind of frame' },
  truncated: { device: 'drop', says: 'the frame ends before its payload and trailer do' },
  bad_version: { device: 'drop', says: 'the version byte is not one this server reads' },
  bad_kind: { device: 'drop', says: 'the kind byte is none of features, raw chunk, event, boot' },
  bad_length: { device: 'drop', says: 'the payload length does not fit the kind' },
  bad_crc: { device: 'later', says: 'the checksum does not fit: the frame was damaged on its way' },
  bad_sequence: {
    device: 'drop',
    says: 'the sequence number lies below the oldest one the device says it holds',
  },
  sequence_reused: {
    device: 'drop',
    says: 'a sequence number that was acknowledged comes again with a later time: the boot counter was lost',
  },
  wrong_device: { device: 'drop', says: 'the frame names another device than the token does' },
  future: { device: 'drop', says: 'the frame starts more than 5 minutes ahead of the server clock' },
  clock_not_synced: {
    device: 'later',
    says: 'the device clock was never set: wait for the time-sync command',
  },
  rate_limited: { device: 'later', says: 'this device sends more than its allowance' },
  busy: { device: 'later', says: 'the server cannot store more at this moment' },
  draining: { device: 'later', says: 'this instance is shutting down: connect again, elsewhere' },
} as const;

export type RejectReason = keyof typeof REJECT_REASONS;

/** Why a handshake is refused (the `data.code` of Socket.IO's `connect_error`). */
export const HANDSHAKE_FAULTS = {
  token_missing: 'no token in the handshake: send auth: { token }',
  token_malformed: 'the token is not a signed JWT',
  token_expired: 'the token has expired: ask for a new one',
  token_signature: 'the token was signed with another secret',
  token_role: 'the role in the token may not use this namespace',
  token_claims: 'the token lacks a claim that its role needs',
  draining: 'this instance is shutting down: connect again, elsewhere',
  full: 'this instance holds as many connections as it may',
} as const;

export type HandshakeFault = keyof typeof HANDSHAKE_FAULTS;
