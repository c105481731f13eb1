import type { Alert } from '@gaitway/contract';
import { expect, it } from 'vitest';
import type { AlertQuery, Archive } from './archive.ts';
import { alertOf, ask } from './archive-samples.fixture.ts';

/** The part of every archive that keeps alerts; `open` gives an empty one. */
export function describeAlerts(open: () => Promise<Archive>): void {
  it('are returned when they are new, once', async () => {
    const archive = await open();
    const [one, two, three] = [alertOf('1'), alertOf('2'), alertOf('3')];
    expect(await archive.saveAlerts([one, two, one])).toStrictEqual([one, two]);
    expect(await archive.saveAlerts([two, three])).toStrictEqual([three]);
    expect(await archive.saveAlerts([])).toEqual([]);
    expect(await archive.alert('2')).toStrictEqual(two);
    expect(await archive.alert('4')).toBeNull();
    expect(await archive.alerts(ask())).toHaveLength(3);
  });

  it('that were raised take a later state, and are returned for it once', async () => {
    const archive = await open();
    await archive.saveAlerts([alertOf('1', { state: 'raised' })]);
    const confirmed = alertOf('1', { state: 'confirmed', says: 'and it lasted' });
    expect(await archive.saveAlerts([confirmed])).toStrictEqual([confirmed]);
    expect(await archive.saveAlerts([confirmed])).toEqual([]);
    expect(await archive.alert('1')).toStrictEqual(confirmed);
    expect(await archive.alerts(ask({ state: 'raised' }))).toEqual([]);
    expect(await archive.alerts(ask({ state: 'confirmed' }))).toStrictEqual([confirmed]);
  });

  it('never go back, and of confirmed and withdrawn the first one stands', async () => {
    const archive = await open();
    const at = (id: string, state: Alert['state']) => alertOf(id, { state });
    const both = [at('1', 'raised'), at('1', 'withdrawn'), at('2', 'confirmed')];
    expect(await archive.saveAlerts(both)).toStrictEqual(both.slice(1));
    const others = [at('1', 'confirmed'), at('2', 'withdrawn'), at('1', 'raised'), at('2', 'raised')];
    expect(await archive.saveAlerts(others)).toEqual([]);
    expect([await archive.alert('1'), await archive.alert('2')]).toStrictEqual(both.slice(1));
    expect(await archive.alerts(ask())).toHaveLength(2);
  });

  it('that are raised again take the words, and are no change', async () => {
    const archive = await open();
    await archive.saveAlerts([alertOf('1', { state: 'raised' })]);
    const again = alertOf('1', { state: 'raised', says: 'more of it' });
    expect(await archive.saveAlerts([again])).toEqual([]);
    expect(await archive.alert('1')).toStrictEqual(again);
  });

  it('keep their first acknowledgement, beside the state that they are in and come to', async () => {
    const archive = await open();
    await archive.saveAlerts([alertOf('1'), alertOf('3')]);
    const seen = { acknowledgedBy: 'x', acknowledgedAtMs: 5 };
    expect(await archive.acknowledgeAlert('1', 'x', 5)).toStrictEqual({ ...alertOf('1'), ...seen });
    expect(await archive.acknowledgeAlert('1', 'y', 6)).toStrictEqual({ ...alertOf('1'), ...seen });
    expect(await archive.acknowledgeAlert('2', 'x', 5)).toBeNull();
    const withdrawn = { ...alertOf('1', { state: 'withdrawn', says: 'it was none' }), ...seen };
    const { acknowledgedBy, acknowledgedAtMs, ...settled } = withdrawn;
    expect(await archive.saveAlerts([settled])).toStrictEqual([withdrawn]);
    expect(await archive.saveAlerts([settled, alertOf('1')])).toEqual([]);
    expect(await archive.alert('1')).toStrictEqual(withdrawn);
    expect(await archive.acknowledgeAlert('1', 'y', 6)).toStrictEqual(withdrawn);
    expect(await archive.alerts(ask({ state: 'withdrawn', acknowledged: true }))).toStrictEqual([withdrawn]);
    expect(await archive.alerts(ask({ acknowledged: false }))).toStrictEqual([alertOf('3')]);
  });

  it('are listed newest first, and paged without loss where moments are equal', async () => {
    const archive = await open();
    const alerts = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id, i) => alertOf(id, { atMs: 1000 + (i >> 1) }));
    await archive.saveAlerts([
      alerts[3]!,
      alerts[0]!,
      alerts[6]!,
      alerts[2]!,
      alerts[5]!,
      alerts[1]!,
      alerts[4]!,
    ]);
    const ids: string[] = [];
    let before: AlertQuery['before'];
    for (;;) {
      const page = await archive.alerts({ ...ask(), limit: 2, ...(before ? { before } : {}) });
      if (page.length === 0) break;
      expect(page.length).toBeLessThanOrEqual(2);
      ids.push(...page.map(({ id }) => id));
      before = { atMs: page.at(-1)!.atMs, id: page.at(-1)!.id };
    }
    expect(ids).toEqual(['g', 'f', 'e', 'd', 'c', 'b', 'a']);
  });

  it('are found by patient, rule, state and time together', async () => {
    const archive = await open();
    await archive.saveAlerts([
      alertOf('1', { patient: 'a', atMs: 10 }),
      alertOf('2', { patient: 'a', atMs: 20, state: 'confirmed' }),
      alertOf('3', { patient: 'a', atMs: 30 }),
      alertOf('4', { patient: 'b', atMs: 20, rule: 'fall' }),
      alertOf('5', { patient: 'a', atMs: 5, rule: 'fall' }),
    ]);
    const idsOf = async (query: Partial<AlertQuery>) =>
      (await archive.alerts(ask(query))).map(({ id }) => id);
    expect(await idsOf({ patient: 'a' })).toEqual(['3', '2', '1', '5']);
    expect(await idsOf({ patient: 'a', state: 'raised' })).toEqual(['3', '1', '5']);
    expect(await idsOf({ rule: 'fall' })).toEqual(['4', '5']);
    // Newer alerts of other rules do not use up the limit.
    expect(await idsOf({ patient: 'a', rule: 'fall', limit: 1 })).toEqual(['5']);
    expect(await idsOf({ patient: 'a', rule: 'fall', state: 'confirmed' })).toEqual([]);
    expect(await idsOf({ fromMs: 20, toMs: 30 })).toEqual(['4', '2']);
    expect(await idsOf({ patient: 'a', fromMs: 11 })).toEqual(['3', '2']);
    expect(await idsOf({ patient: 'a', limit: 1 })).toEqual(['3']);
  });

  it('are only those of the patients or the wards in scope', async () => {
    const archive = await open();
    await archive.saveAlerts([
      alertOf('1', { patient: 'a', ward: 'north' }),
      alertOf('2', { patient: 'b', ward: 'south' }),
      alertOf('3', { patient: 'c', ward: 'east' }),
    ]);
    const idsOf = async (query: Partial<AlertQuery>) =>
      (await archive.alerts(ask(query))).map(({ id }) => id).sort();
    expect(await idsOf({ scope: {} })).toEqual(['1', '2', '3']);
    expect(await idsOf({ scope: { patients: ['a'] } })).toEqual(['1']);
    expect(await idsOf({ scope: { wards: ['south', 'east'] } })).toEqual(['2', '3']);
    expect(await idsOf({ scope: { patients: ['a'], wards: ['south'] } })).toEqual(['1', '2']);
    expect(await idsOf({ scope: { patients: ['a'], wards: [] } })).toEqual(['1']);
    expect(await idsOf({ scope: { patients: [], wards: [] } })).toEqual([]);
    expect(await idsOf({ scope: { patients: [] } })).toEqual([]);
    expect(await idsOf({ scope: { patients: ['a'] }, patient: 'b' })).toEqual([]);
    expect(await idsOf({ scope: { patients: ['a', 'b'] }, patient: 'b' })).toEqual(['2']);
  });
}
