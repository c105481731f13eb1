// Loaded when a fleet is played and not before: help, completion and wrong flags must not wait for servers and fleets.
export { renderOptionsOf } from '../terminal.ts';
export { canariesOf } from './canaries.ts';
export { fleetScenario, fleetSummary, lacksOnlyAnExport } from './fleet.ts';
export { commandWords, describeRun, playRun } from './run.ts';
export { planRun } from './run-options.ts';
export { runSummary } from './run-summary.ts';
