import { expect, it } from 'vitest';
import type { Archive } from './archive.ts';
import { insightOf } from './archive-samples.fixture.ts';

/** The part of every archive that keeps insights; `open` gives an empty one. */
export function describeInsights(open: () => Promise<Archive>): void {
  it('come back equal, by id and by the end of their period, oldest first', async () => {
    const archive = await open();
    const all = [insightOf('a', 30), insightOf('a', 10), insightOf('a', 20)];
    for (const insight of [...all, insightOf('b', 20)]) expect(await archive.saveInsight(insight)).toBe(true);
    expect(await archive.insight(all[0]!.id)).toStrictEqual(all[0]);
    expect(await archive.insight('nobody')).toBeNull();
    expect(await archive.insightsOf('a', 0, 100, 10)).toStrictEqual([all[1], all[2], all[0]]);
    expect(await archive.insightsOf('a', 10, 30, 10)).toStrictEqual([all[1], all[2]]);
    expect(await archive.insightsOf('a', 0, 100, 2)).toStrictEqual([all[1], all[2]]);
    expect(await archive.insightsOf('a', 100, 0, 10)).toEqual([]);
    expect(await archive.insightsOf('c', 0, 100, 10)).toEqual([]);
  });

  it('are saved once for each id: the first stays, and only its writer is told that it was new', async () => {
    const archive = await open();
    const first = insightOf('a', 10);
    const later = { ...first, writtenBy: 'somebody else' };
    const outcomes = await Promise.all([first, later, later, later].map((one) => archive.saveInsight(one)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await archive.insightsOf('a', 0, 100, 10)).toHaveLength(1);
    expect(await archive.saveInsight(later)).toBe(false);
  });
}
