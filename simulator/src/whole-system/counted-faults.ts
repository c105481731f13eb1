import { sumOf } from '../sum-of.ts';
import type { SimulatedServer } from './simulated-server.ts';

/** What went wrong in a server while it was simulated, by what it was. */
export function faultsOf(server: SimulatedServer) {
  const processorCrashPoints = sumOf(server.processors.map(({ crashes }) => crashes.hits));
  const gatewayCrashPoints = sumOf(server.gatewayHosts.map(({ crashes }) => crashes.hits));
  const total = (counts: Record<string, number>) =>
    Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    processorCrashes: total(processorCrashPoints),
    processorCrashPoints,
    processorStalls: server.processors.reduce((sum, { stalls }) => sum + stalls, 0),
    gatewayCrashes: total(gatewayCrashPoints),
    gatewayCrashPoints,
    leasesLost: server.leases.losses,
    appendsForgotten: server.log.failures,
    storeErrors: { ...server.storeErrors.counts },
  };
}
