import {
  AUDIT_CATEGORIES,
  addToDigest,
  emptyDigest,
  formatDigest,
  parseDigest,
  type RunGrades,
} from '@gaitway/contract';
import type { AuditResult } from '../audit/audit-result.ts';
import { type FleetCounters, sumCounters } from '../fleet/counters.ts';
import { builtInTold } from '../grade/built-in-told.ts';
import { type GradeCounts, mergeGradeCounts } from '../grade/grade-counts.ts';
import { gradesOf } from '../grade/run-grades.ts';
import {
  type EncodedReadingLatencies,
  mergeReadingLatencies,
  type ReadingLatencySummary,
} from '../latency/reading-latency.ts';
import { sumOf } from '../sum-of.ts';
import type { GATEWAY_CRASH_POINTS } from './gateway-host.ts';
import type { PROCESSOR_CRASH_POINTS } from './processor-host.ts';
import type { StoreCall } from './store-faults.ts';

/** How often processes died, by where in their work; `idle`: between two things that they do. */
export type CrashCounts<Points extends readonly string[]> = Partial<Record<Points[number] | 'idle', number>>;

export interface SimulationResult {
  seed: number;
  patients: number;
  hours: number;
  readings: number;
  windows: number;
  /** Order-free digest of all frames that devices made: two runs with the same one played the same fleet. */
  fleetDigest: string;
  /** Order-free digest of the archive's content. */
  archiveDigest: string;
  audit: AuditResult;
  /** What the answers are worth, against what is true of the patients. */
  grades: RunGrades;
  latency: ReadingLatencySummary;
  counters: FleetCounters;
  faults: {
    processorCrashes: number;
    processorCrashPoints: CrashCounts<typeof PROCESSOR_CRASH_POINTS>;
    processorStalls: number;
    gatewayCrashes: number;
    gatewayCrashPoints: CrashCounts<typeof GATEWAY_CRASH_POINTS>;
    leasesLost: number;
    appendsForgotten: number;
    /** What processors asked of their stores in vain, by what it was. */
    storeErrors: Record<StoreCall, number>;
    outages: number;
    retransmitted: number;
    reconnects: number;
  };
  warnings: number;
  events: number;
}

/** What one system of a simulation came to; it can be sent to another thread, and merged. */
export interface SystemResult
  extends Omit<SimulationResult, 'seed' | 'patients' | 'hours' | 'latency' | 'grades'> {
  gradeCounts: GradeCounts;
  latencies: EncodedReadingLatencies[];
}

/** Examples of a category that are kept of several systems together. */
const EXAMPLES_MAX = 5;

/** All systems of a simulation together: counts and digests are sums, the verdict is the worst. */
export function mergeSystems(
  simulation: Pick<SimulationResult, 'seed' | 'patients' | 'hours'>,
  systems: readonly SystemResult[],
): SimulationResult {
  const { seed, patients, hours } = simulation;
  const sum = (of: (system: SystemResult) => number) => systems.reduce((total, each) => total + of(each), 0);
  return {
    ...{ seed, patients, hours },
    readings: sum(({ readings }) => readings),
    windows: sum(({ windows }) => windows),
    fleetDigest: sumOfDigests(systems.map(({ fleetDigest }) => fleetDigest)),
    archiveDigest: sumOfDigests(systems.map(({ archiveDigest }) => archiveDigest)),
    audit: mergeAudits(systems.map(({ audit }) => audit)),
    grades: gradesOf(mergeGradeCounts(systems.map(({ gradeCounts }) => gradeCounts)), builtInTold()),
    latency: mergeReadingLatencies(systems.flatMap(({ latencies }) => latencies)),
    counters: sumCounters(systems.map(({ counters }) => counters)),
    faults: sumOf(systems.map(({ faults }) => faults)),
    warnings: sum(({ warnings }) => warnings),
    events: sum(({ events }) => events),
  };
}

function mergeAudits(audits: readonly AuditResult[]): AuditResult {
  const counts = Object.fromEntries(
    AUDIT_CATEGORIES.map((category) => [category, audits.reduce((sum, each) => sum + each[category], 0)]),
  ) as Pick<AuditResult, (typeof AUDIT_CATEGORIES)[number]>;
  const verdicts = new Set(audits.map(({ verdict }) => verdict));
  const examples = audits.flatMap((each) => each.examples);
  return {
    verdict: verdicts.has('fails') ? 'fails' : verdicts.has('no-verdict') ? 'no-verdict' : 'holds',
    reasons: [...new Set(audits.flatMap(({ reasons }) => reasons))],
    ...counts,
    compared: sumOf(audits.map(({ compared }) => compared)),
    foreign: audits.reduce((sum, { foreign }) => sum + foreign, 0),
    notJudged: audits.reduce((sum, { notJudged }) => sum + notJudged, 0),
    stillOpen: audits.reduce((sum, { stillOpen }) => sum + stillOpen, 0),
    ledger: sumOf(audits.map(({ ledger }) => ledger)),
    examples: AUDIT_CATEGORIES.flatMap((category) =>
      examples.filter((example) => example.category === category).slice(0, EXAMPLES_MAX),
    ),
  };
}

function sumOfDigests(digests: readonly string[]): string {
  const sum = emptyDigest();
  for (const { low, high } of digests.map(parseDigest)) addToDigest(sum, low, high);
  return formatDigest(sum);
}
