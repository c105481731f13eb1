// Loaded when a server is started and not before: help, completion and wrong flags must not wait for it.
export { serverLog } from './server-log.ts';
export { serve } from './server-start.ts';
