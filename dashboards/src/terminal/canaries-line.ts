import type { RunRecord } from '@gaitway/contract';
import { numberText } from './number-text.ts';
import { harmless } from './style.ts';

/** What the chips of a run did, in one line; those that hung make the run invalid, and are named there. */
export function canariesLine({
  devices,
  firmware,
  busyShareMax,
  resets,
  damaged,
  hung,
}: NonNullable<RunRecord['canaries']>): string {
  const causes = Object.entries(resets).map(([cause, count]) => `${cause} ${numberText(count)}`);
  const restarts = Object.values(resets).reduce((sum, count) => sum + count, 0);
  const boards = devices === 1 ? '1 board' : `${numberText(devices)} boards`;
  return harmless(
    `Chips: ${boards} with firmware ${firmware}, the busiest at work ${numberText(100 * busyShareMax)} % of its time; ` +
      `${numberText(restarts)} restarts${causes.length === 0 ? '' : ` (${causes.join(', ')})`}, ` +
      `${numberText(damaged)} damaged messages, ${numberText(hung.length)} hung.`,
  );
}
