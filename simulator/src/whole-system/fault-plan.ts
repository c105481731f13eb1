import { uniform } from '@gaitway/contract';
import { SERVER_SETTINGS_DEFAULT } from '@gaitway/reference-server';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import { NO_LINK_FAULTS } from '../transport/memory/link-faults.ts';
import type { MemoryTransport } from '../transport/memory/memory-transport.ts';
import type { SimulatedServer } from './simulated-server.ts';
import { NO_STORE_ERRORS } from './store-faults.ts';
import { momentsOf, type SystemFaults } from './system-faults.ts';

const STREAM = {
  crash: 0x6372,
  stall: 0x7374,
  outage: 0x6f75,
  which: 0x7768,
  length: 0x6c65,
  gateway: 0x6777,
  lease: 0x6c73,
} as const;

export interface FaultPlan {
  clock: VirtualClock;
  transport: MemoryTransport;
  server: SimulatedServer;
  faults: SystemFaults;
  seed: number;
  fromMs: number;
  untilMs: number;
}

/** Sets a timer for each fault; returns how many outages there will be. After `untilMs` nothing goes wrong. */
export function planFaults({ clock, transport, server, faults, seed, fromMs, untilMs }: FaultPlan): number {
  const each = (stream: number, everyMs: number, happen: (draw: number) => void) => {
    for (const atMs of momentsOf(seed, stream, everyMs, fromMs, untilMs)) {
      clock.setTimer(atMs, () => happen(uniform(seed, STREAM.which, stream, atMs)));
    }
  };
  const { processors, gatewayHosts, leases, log, storeErrors } = server;
  each(STREAM.crash, faults.processorCrashEveryMs, (draw) => oneOf(processors, draw).crash());
  each(STREAM.stall, faults.processorStallEveryMs, (draw) =>
    oneOf(processors, draw).stall(3 * SERVER_SETTINGS_DEFAULT.leaseTtlMs),
  );
  each(STREAM.gateway, faults.gatewayCrashEveryMs, (draw) => oneOf(gatewayHosts, draw).crash());
  each(STREAM.lease, faults.leaseLossEveryMs, (draw) => {
    void leases.lose(Math.floor(draw * log.partitions));
  });
  log.failureShare = faults.forgottenAppendShare;
  storeErrors.shares = faults.storeErrorShares;
  const { min, max } = faults.outageMs;
  const outages = momentsOf(seed, STREAM.outage, faults.outageEveryMs, fromMs, untilMs - max);
  for (const atMs of outages) {
    const lengthMs = min + uniform(seed, STREAM.length, atMs) * (max - min);
    clock.setTimer(atMs, () => beginOutage(server, transport));
    clock.setTimer(atMs + lengthMs, () => endOutage(server));
  }
  clock.setTimer(Math.max(0, untilMs), () => {
    transport.faults = { ...NO_LINK_FAULTS, delayMs: faults.links.delayMs };
    log.failureShare = 0;
    storeErrors.shares = NO_STORE_ERRORS;
  });
  return outages.length;
}

/** Every link is cut, and no device can connect. */
export function beginOutage(server: SimulatedServer, transport: MemoryTransport): void {
  for (const gateway of server.gatewayHosts) gateway.out = true;
  transport.cutAll();
}

export function endOutage(server: SimulatedServer): void {
  for (const gateway of server.gatewayHosts) gateway.out = false;
}

function oneOf<One>(list: readonly One[], draw: number): One {
  return list[Math.floor(draw * list.length)]!;
}
