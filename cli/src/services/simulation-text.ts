import type { SimulationResult } from '@gaitway/simulator';

const count = (value: number): string => value.toLocaleString('en');

/** A simulation's result in a few lines for a person. */
export function describeSimulation(result: SimulationResult, tookSeconds: number): string[] {
  const { audit, faults } = result;
  const storeErrors = Object.values(faults.storeErrors).reduce((sum, errors) => sum + errors, 0);
  const broken = audit.lost + audit.duplicated + audit.phantom + audit.misattributed + audit.wrongContent;
  return [
    `${count(result.readings)} readings in ${count(result.windows)} windows; ${tookSeconds.toFixed(0)} s, ${((tookSeconds * 1e6) / Math.max(1, result.readings)).toFixed(1)} us a reading.`,
    `Faults: ${faults.processorCrashes} processor crashes, ${faults.processorStalls} stalls past the lease, ${count(storeErrors)} store calls that failed, ${faults.outages} outages, ${count(faults.reconnects)} reconnects, ${count(faults.retransmitted)} frames sent again.`,
    `Audit: ${audit.verdict}. ${broken} broken promises; ${count(audit.late)} late, ${count(audit.droppedByDevice)} dropped by their device, ${count(audit.unacknowledgedButStored)} stored without an acknowledgement that arrived.`,
    ...audit.reasons,
    ...audit.examples
      .filter(({ category }) => category !== 'late' && category !== 'droppedByDevice')
      .map(({ says }) => `  ${says}`),
    `Fleet digest   ${result.fleetDigest}`,
    `Archive digest ${result.archiveDigest}`,
  ];
}
