import type { RunRecord } from '@gaitway/contract';
import { numberText, type RenderOptions, renderAuditTable, timeText } from '@gaitway/dashboards';
import { type Scenario, slosOf } from '@gaitway/scenarios';
import { answerLines } from './answer-lines.ts';
import type { FinishedRun } from './run.ts';

export interface FleetRequest {
  /** As the record names it. Default: a fleet of twins. */
  name?: 'fleet' | 'firmware';
  patients: number;
  viewers: number;
  slotMs: number;
  connectMs: number;
  measureMs: number;
}

const DRAIN_MS = 30_000;
/** Windows of a target that does not tell how it cuts them. */
const FOREIGN_WINDOW = { windowMs: 60_000, origin: 'epoch', windowPhaseSpreadMs: 60_000 } as const;

/** A scenario that promises nothing but that the load was played as planned, by a sound generator, and, where the target can be read, a clean audit. */
export function fleetScenario({
  name = 'fleet',
  patients,
  viewers,
  slotMs,
  connectMs,
  measureMs,
}: FleetRequest): Scenario {
  return {
    name,
    says: `Only ${name === 'fleet' ? 'the fleet' : 'devices with real firmware'}: load, latency and the health of the generator, without promises about the target.`,
    patients,
    viewers,
    slotMs,
    window: FOREIGN_WINDOW,
    phases: { connectMs, warmUpMs: slotMs, measureMs, drainMs: DRAIN_MS },
    slos: slosOf({
      readings_made: ['rate>=1'],
      generator_valid: ['value==1'],
      audit: [{ threshold: 'count==0', leastSamples: 1 }],
    }),
  };
}

/**
 * Whether all that the verdict of a fleet lacks is an archive to compare with. Nothing was promised of the target, so
 * that it has no export is no failure. Anything else that is left open is: an export that breaks off or lacks readings,
 * a ledger that does, viewers of whom nobody knows what they missed; and that the target changed the load, for then
 * the figures are those of another one.
 */
export function lacksOnlyAnExport({ verdicts, audit }: Pick<RunRecord, 'verdicts' | 'audit'>): boolean {
  if (audit.noExport !== true || audit.reasons.length !== 1) return false;
  return verdicts.every(({ verdict, metric }) => verdict !== 'no-verdict' || metric === 'audit');
}

/** Counts, latency, generator health, and the audit where there was one. */
export function fleetSummary({ record, recordFile }: FinishedRun, options: RenderOptions): string[] {
  const { load, latency, freshness, generator, audit, viewers } = record;
  const { ack } = latency;
  const rejected = Object.entries(load.rejected).map(([reason, count]) => `${reason} ${numberText(count)}`);
  const { reading } = freshness.viewer;
  const made = record.verdicts.find(({ metric }) => metric === 'readings_made');
  const compared = audit.compared.windows.complete + audit.compared.windows.partial;
  return [
    '',
    `Devices    ${numberText(load.devices.connected)} of ${numberText(load.devices.planned)} connected, ${numberText(load.devices.reconnects)} reconnects, ${numberText(load.devices.refused)} handshakes refused`,
    `Readings   ${numberText(load.planned)} planned, ${numberText(load.madeInMeasure)} made, ${numberText(load.sent)} sent, ${numberText(load.acknowledged)} acknowledged, ${numberText(load.unacknowledged)} without an answer, ${numberText(load.notSentOnTime)} not on time`,
    `           ${numberText(load.retransmitted)} sent again, ${numberText(load.droppedByDevice)} dropped by their device; refused: ${rejected.length > 0 ? rejected.join(', ') : 'none'}`,
    `Latency    p50 ${timeText(ack.p50Ms)}, p95 ${timeText(ack.p95Ms)}, p99 ${timeText(ack.p99Ms)}, longest ${timeText(ack.maxMs)}, from due to acknowledged (${numberText(ack.count)} readings)`,
    ...(viewers > 0
      ? [
          `Freshness  p95 ${timeText(reading.p95Ms)} of ${numberText(reading.count)} readings that ${numberText(viewers)} viewers had to see: ${numberText(reading.seen)} seen, ${numberText(reading.superseded)} passed over, ${numberText(reading.neverSeen)} never seen`,
        ]
      : []),
    ...(made?.verdict === 'no-verdict' ? [`Load       NO VERDICT: ${made.says}`] : []),
    `Generator  ${generator.valid ? 'kept up' : 'INVALID: these figures are its own, not those of the target'}`,
    ...generator.reasons.map((reason) => `           ${reason}`),
    ...(compared > 0
      ? ['', renderAuditTable(audit, options)]
      : [`Audit      none: ${audit.reasons.join('; ') || 'the target was not read'}`]),
    '',
    ...answerLines(record),
    `Record: ${recordFile}`,
  ];
}
