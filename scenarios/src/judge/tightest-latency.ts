import type { Slo } from '@gaitway/contract';

/** A generator is held to some limit even in a run that promises no latency, ms. */
export const LATENCY_SLO_DEFAULT_MS = 200;

/** The tightest latency that these SLOs name, ms: what a generator's own lag is compared with. */
export function tightestLatencySloMs(slos: readonly Slo[]): number {
  const limits = slos
    .filter(({ metric, operator }) => metric === 'ack_latency' && (operator === '<' || operator === '<='))
    .map(({ limit }) => limit);
  return limits.length > 0 ? Math.min(...limits) : LATENCY_SLO_DEFAULT_MS;
}
