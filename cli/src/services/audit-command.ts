// Loaded when something is audited and not before: help, completion and a run that is not there must not wait for stores.
export { renderAuditTable } from '@gaitway/dashboards';
export { realClock } from '@gaitway/reference-server';
export { renderOptionsOf } from '../terminal.ts';
export { auditRun } from './audit.ts';
export { Progress } from './progress.ts';
