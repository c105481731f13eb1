// Loaded when a token is minted and not before; nothing of a server is needed for it.
export { realClock } from '@gaitway/reference-server/real-clock';
export { tokenSecretOf } from '@gaitway/reference-server/token-secret';
export { mintToken, verifyToken } from '@gaitway/reference-server/tokens';
