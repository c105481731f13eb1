import { AUDIT_FAULTS, type AuditCategory } from '@gaitway/contract';
import { gradesLine } from '@gaitway/dashboards/grades-line';
import type { SimulationResult } from '@gaitway/simulator';

const FAULTS: ReadonlySet<AuditCategory> = new Set(AUDIT_FAULTS);
const count = (value: number): string => value.toLocaleString('en');

/** A simulation's result in a few lines for a person. */
export function describeSimulation(result: SimulationResult, tookSeconds: number): string[] {
  const { audit, faults } = result;
  const storeErrors = Object.values(faults.storeErrors).reduce((sum, errors) => sum + errors, 0);
  const broken = AUDIT_FAULTS.reduce((sum, category) => sum + audit[category], 0);
  return [
    `${count(result.readings)} readings in ${count(result.windows)} windows; ${tookSeconds.toFixed(0)} s, ${((tookSeconds * 1e6) / Math.max(1, result.readings)).toFixed(1)} us a reading.`,
    `Faults: ${faults.processorCrashes} processor crashes, ${faults.processorStalls} stalls past the lease, ${count(storeErrors)} store calls that failed, ${faults.outages} outages, ${count(faults.reconnects)} reconnects, ${count(faults.retransmitted)} frames sent again.`,
    `Audit: ${audit.verdict}. ${broken} broken promises; ${count(audit.late)} late, ${count(audit.droppedByDevice)} dropped by their device, ${count(audit.unacknowledgedButStored)} stored without an acknowledgement that arrived.`,
    gradesLine(result.grades),
    ...audit.reasons,
    ...audit.examples
      // What a device dropped, or stored without hearing of it, is allowed and counted above: it is no finding.
      .filter(({ category }) => FAULTS.has(category))
      .map(({ says }) => `  ${says}`),
    `Fleet digest   ${result.fleetDigest}`,
    `Archive digest ${result.archiveDigest}`,
  ];
}
