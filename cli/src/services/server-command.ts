// Loaded when a server is started and not before: help and completion must not wait for it.
export { realClock, TOKEN_SECRET_VARIABLE, tokenSecretOf } from '@gaitway/reference-server';
export { serverLog } from './server-log.ts';
export { rolesOf, windowOriginMs } from './server-settings.ts';
export { serve } from './server-start.ts';
