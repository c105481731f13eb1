import type { Alert } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { allAlerts, gradedAlerts } from './archived-alerts.ts';

const alert = (atMs: number, over: Partial<Alert> = {}): Alert => ({
  ...{ id: `a${atMs}`, patient: 'p0', ward: 'w0', rule: 'fall', severity: 'urgent', state: 'raised' },
  ...{ atMs, says: '' },
  ...over,
});

describe('alerts to be graded', () => {
  it('are all that the archive has, page by page', async () => {
    const all = Array.from({ length: 2500 }, (_, i) => alert(2500 - i));
    const asked: unknown[] = [];
    const found = await allAlerts(async ({ before, limit }) => {
      asked.push(before?.atMs);
      const from = before === undefined ? 0 : all.findIndex(({ id }) => id === before.id) + 1;
      return all.slice(from, from + limit);
    });
    expect(found).toEqual(all);
    expect(asked).toEqual([undefined, 1501, 501]);
  });

  it('have the moment at which a viewer got them, where one did, and are none when they were withdrawn', () => {
    const archived = [
      alert(300),
      alert(200, { state: 'withdrawn' }),
      alert(100),
      alert(100, { patient: 'p1' }),
    ];
    const sights = [
      { patient: 'p0', rule: 'fall', atMs: 100, seenAtMs: 150 },
      { patient: 'p0', rule: 'fall', atMs: 200, seenAtMs: 250 },
    ];
    const alertsOf = gradedAlerts(archived, sights);
    expect(alertsOf('p0')).toEqual([
      { rule: 'fall', atMs: 100, seenAtMs: 150 },
      { rule: 'fall', atMs: 300, seenAtMs: null },
    ]);
    expect(alertsOf('p1')).toEqual([{ rule: 'fall', atMs: 100, seenAtMs: null }]);
    expect(alertsOf('p2')).toEqual([]);
  });

  it('are those that viewers got, where the archive does not tell', () => {
    const sights = [{ patient: 'p0', rule: 'fall', atMs: 100, seenAtMs: 150 }];
    expect(gradedAlerts(undefined, sights)('p0')).toEqual(sights);
  });
});
