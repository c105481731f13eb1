import { expect, it } from 'vitest';
import { advanced, beginRollOut, stopped } from '../infer/roll-out/roll-out.ts';
import type { Archive } from './archive.ts';

/** The part of every archive that keeps how far models are rolled out; `open` gives an empty one. */
export function describeRollOuts(open: () => Promise<Archive>): void {
  it('are kept by candidate, as they were saved', async () => {
    const archive = await open();
    expect(await archive.rollOut('second-1')).toBeNull();
    const [one, other] = [beginRollOut('second-1', 'ab12', 1000), beginRollOut('third-1', 'ab12', 2000)];
    expect([await archive.saveRollOut(one), await archive.saveRollOut(other)]).toEqual([true, true]);
    const end = stopped(advanced(one, 3000), 4000, 'driftIndex is 0.4');
    expect(await archive.saveRollOut(advanced(one, 3000))).toBe(true);
    expect(await archive.saveRollOut(end)).toBe(true);
    expect(await archive.rollOut('second-1')).toStrictEqual(end);
    expect(await archive.rollOut('third-1')).toStrictEqual(other);
  });

  it('are written only by who read the revision before', async () => {
    const archive = await open();
    const begun = beginRollOut('second-1', 'ab12', 1000);
    expect(await archive.saveRollOut(advanced(begun, 2000))).toBe(false);
    expect(await archive.rollOut('second-1')).toBeNull();
    const first = await Promise.all([
      archive.saveRollOut(begun),
      archive.saveRollOut(beginRollOut('second-1', 'ab12', 5000)),
    ]);
    expect(first.filter(Boolean)).toHaveLength(1);
    const stored = (await archive.rollOut('second-1'))!;
    const next = [advanced(stored, 2000), stopped(stored, 2001, 'alertRate is 0.9')];
    const second = await Promise.all(next.map((rollOut) => archive.saveRollOut(rollOut)));
    expect(second.filter(Boolean)).toHaveLength(1);
    expect(await archive.rollOut('second-1')).toStrictEqual(next[second.indexOf(true)]);
  });
}
