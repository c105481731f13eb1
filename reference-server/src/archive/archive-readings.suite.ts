import { expect, it } from 'vitest';
import type { Archive } from './archive.ts';
import { BASE_MS, positionText, readingOf } from './archive-samples.fixture.ts';

/** What every archive does with the readings of a server whose cache is off. `open`: an empty one. */
export function describeReadings(open: () => Promise<Archive>): void {
  it('are read back by partition, in the order of their positions', async () => {
    const archive = await open();
    const readings = [9, 10, 1, 2].map((position) => readingOf(0, position));
    await archive.saveReadings([...readings, readingOf(1, 5), readingOf(10, 6)]);
    await archive.saveReadings([readings[0]!]);
    const positionsOf = async (partition: number, after: string | null, limit: number) =>
      (await archive.readingsAfter(partition, after, limit)).map(({ position }) => Number(position));
    expect(await positionsOf(0, null, 10)).toEqual([1, 2, 9, 10]);
    expect(await positionsOf(0, null, 2)).toEqual([1, 2]);
    expect(await positionsOf(0, positionText(2), 10)).toEqual([9, 10]);
    expect(await positionsOf(0, positionText(5), 1)).toEqual([9]);
    expect(await positionsOf(0, positionText(10), 10)).toEqual([]);
    expect(await positionsOf(1, null, 10)).toEqual([5]);
    expect(await positionsOf(2, null, 10)).toEqual([]);
  });

  it('come back equal, byte for byte', async () => {
    const archive = await open();
    const reading = readingOf(3, 7);
    const empty = { ...readingOf(3, 8), patient: '', ward: '', bytes: new Uint8Array(0) };
    await archive.saveReadings([reading, empty]);
    const found = await archive.readingsAfter(3, null, 10);
    expect(found.map(({ bytes, ...rest }) => ({ ...rest, bytes: [...bytes] }))).toEqual(
      [reading, empty].map((one) => ({ ...one, bytes: [...one.bytes] })),
    );
  });

  it('never replace one another: who comes second is told, and the others of the call are saved', async () => {
    const archive = await open();
    const first = readingOf(0, 1);
    const other = { ...first, bytes: Uint8Array.of(9, 9) };
    const ofAnother = { ...first, patient: 'b' };
    const next = readingOf(0, 2);
    expect(await archive.saveReadings([first])).toEqual([]);
    // The same frame is the same reading, whenever it was received.
    expect(await archive.saveReadings([{ ...first, receivedAtMs: BASE_MS + 1 }])).toEqual([]);
    const taken = await archive.saveReadings([other, next]);
    expect(taken).toHaveLength(1);
    expect(taken[0]).toBe(other);
    expect(await archive.saveReadings([ofAnother])).toEqual([ofAnother]);
    const stored = await archive.readingsAfter(0, null, 10);
    expect(stored.map(({ bytes, ...rest }) => ({ ...rest, bytes: [...bytes] }))).toEqual(
      [first, next].map((one) => ({ ...one, bytes: [...one.bytes] })),
    );
  });

  it('have a last position in each partition', async () => {
    const archive = await open();
    await archive.saveReadings([readingOf(0, 9), readingOf(0, 10), readingOf(1, 3)]);
    expect(await archive.lastReadingPosition(0)).toBe(positionText(10));
    expect(await archive.lastReadingPosition(1)).toBe(positionText(3));
    expect(await archive.lastReadingPosition(2)).toBeNull();
  });
}
