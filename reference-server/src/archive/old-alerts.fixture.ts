import type { Alert } from '@gaitway/contract';
import { expect } from 'vitest';
import type { Archive } from './archive.ts';
import { alertOf, ask } from './archive-samples.fixture.ts';

const SAYS = 'the device reports a fall: 5.0 g, turned by 90 degrees';
const WORDS: readonly (readonly [state: Alert['state'], says: string])[] = [
  ['raised', SAYS],
  ['raised', 'tremor in 9 of 12 slots of one window'],
  ['confirmed', `${SAYS}; lay still for 10 s afterwards`],
  ['confirmed', `${SAYS}; nothing speaks against it`],
  ['withdrawn', `${SAYS}; moved on for 7.5 s afterwards`],
];

/** Alerts as they were stored when acknowledged was a state, and what they are. */
export const OLD_ALERTS: readonly (readonly [stored: Alert, was: Alert])[] = WORDS.map(([state, says], i) => {
  const was = alertOf(`old${i}`, { state, says, atMs: i, acknowledgedBy: 'x', acknowledgedAtMs: 5 });
  return [{ ...was, state: 'acknowledged' as Alert['state'] }, was];
});

/** An archive into whose store the old alerts were put, past it, reads them, finds them, and takes what comes for them. */
export async function expectOldAlerts(archive: Archive): Promise<void> {
  const all = OLD_ALERTS.map(([, was]) => was);
  for (const was of all) expect(await archive.alert(was.id)).toStrictEqual(was);
  for (const state of ['raised', 'confirmed', 'withdrawn'] as const) {
    const found = await archive.alerts(ask({ state, acknowledged: true }));
    expect(found).toStrictEqual(all.filter((was) => was.state === state).reverse());
  }
  const { acknowledgedBy, acknowledgedAtMs, ...first } = all[0]!;
  const withdrawn = { ...first, state: 'withdrawn' as const };
  const seen = { acknowledgedBy, acknowledgedAtMs };
  expect(await archive.saveAlerts([withdrawn])).toStrictEqual([{ ...withdrawn, ...seen }]);
  expect(await archive.saveAlerts([{ ...all[2]!, state: 'withdrawn' }, first])).toEqual([]);
  expect(await archive.acknowledgeAlert('old0', 'y', 6)).toStrictEqual({ ...withdrawn, ...seen });
}
