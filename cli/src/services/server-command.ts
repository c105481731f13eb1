// Loaded when a server is started and not before: help, completion and wrong flags must not wait for it.
export { modelsOf } from '@gaitway/reference-server';
export { serverLog } from './server-log.ts';
export { serve } from './server-start.ts';
