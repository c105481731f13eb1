// Loaded when a fleet is played and not before: help and completion must not wait for servers and fleets.
export { renderOptionsOf } from '../terminal.ts';
export { fleetScenario, fleetSummary } from './fleet.ts';
export { commandWords, describeRun, playRun } from './run.ts';
export { planRun, scenarioOf } from './run-options.ts';
export { runSummary } from './run-summary.ts';
export { checkedSourceAddresses } from './source-addresses.ts';
