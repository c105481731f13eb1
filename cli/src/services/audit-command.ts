// Loaded when something is audited and not before: help and completion must not wait for stores.
export { renderAuditTable } from '@gaitway/dashboards';
export { findRun } from '../run-folder.ts';
export { renderOptionsOf } from '../terminal.ts';
export { auditRun } from './audit.ts';
