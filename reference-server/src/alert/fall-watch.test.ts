import type { Alert, Frame } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { type AfterFall, FallWatch, type WatchedFall } from './fall-watch.ts';

const AT_MS = 1_000_000;
const PATIENT = 'p000006';
const SLOT_MS = 5000;

const fall = (over: Partial<Alert> = {}): Alert => ({
  ...{ id: 'one', patient: PATIENT, ward: 'w0000', rule: 'fall', severity: 'urgent', state: 'raised' },
  ...{ atMs: AT_MS, says: 'a fall' },
  ...over,
});
const reading = (slot: number, slotMs = SLOT_MS): Frame =>
  ({ startMs: AT_MS - 2000 + slot * slotMs, slotMs }) as Frame;

/** What becomes of one fall by these readings: slot 0 holds it. */
function play(after: readonly [slot: number, says: AfterFall][], slotMs?: number): WatchedFall[] {
  const watch = new FallWatch();
  watch.add(fall(), 7, AT_MS + 1000);
  return after.flatMap(([slot, says]) => watch.note(PATIENT, reading(slot, slotMs), says));
}
const statesOf = (falls: readonly WatchedFall[]) => falls.map(({ settled }) => settled?.state ?? null);

describe('a fall that was reported', () => {
  it('is confirmed when the person lies still for 10 s afterwards', () => {
    expect(
      play([
        [0, 'moves'],
        [1, 'lies'],
      ]),
    ).toEqual([]);
    expect(
      play([
        [0, 'moves'],
        [1, 'lies'],
        [2, 'lies'],
      ]),
    ).toEqual([
      {
        alert: fall(),
        entry: 7,
        settled: fall({ state: 'confirmed', says: 'a fall; lay still for 10 s afterwards' }),
      },
    ]);
  });

  it('is withdrawn when the arm is in vigorous use all the 20 s afterwards', () => {
    const vigorous = [1, 2, 3, 4].map((slot): [number, AfterFall] => [slot, 'vigorous']);
    expect(play(vigorous)).toEqual([]);
    const [settled] = play([...vigorous, [5, 'lies']]);
    expect(settled!.settled).toEqual(
      fall({ state: 'withdrawn', says: 'a fall; the arm was in vigorous use for 20 s afterwards' }),
    );
  });

  it('is not withdrawn because somebody moves who tries to get up', () => {
    for (const other of ['moves', 'lies'] as const) {
      for (const at of [1, 2, 3, 4]) {
        const after = [1, 2, 3, 4, 5].map((slot): [number, AfterFall] => [
          slot,
          slot === at ? other : 'vigorous',
        ]);
        expect(statesOf(play(after)), `${other} in slot ${at}`).toEqual(['confirmed']);
      }
    }
    const [settled] = play([1, 2, 3, 4, 5].map((slot) => [slot, 'moves']));
    expect(settled!.settled!.says).toBe('a fall; nothing speaks against it');
  });

  it('is settled once: later readings say nothing more', () => {
    expect(
      statesOf(
        play([
          [1, 'lies'],
          [2, 'lies'],
          [3, 'moves'],
          [4, 'moves'],
        ]),
      ),
    ).toEqual(['confirmed']);
  });

  it('is not settled by one reading that comes twice', () => {
    expect(
      play([
        [1, 'lies'],
        [1, 'lies'],
        [1, 'lies'],
      ]),
    ).toEqual([]);
  });

  it('is not settled by the slot of the fall itself, nor by those before', () => {
    expect(
      play([
        [-2, 'lies'],
        [-1, 'lies'],
        [0, 'lies'],
      ]),
    ).toEqual([]);
  });

  it('is settled by what there is when readings are missing', () => {
    expect(
      statesOf(
        play([
          [1, 'vigorous'],
          [3, 'vigorous'],
          [4, 'vigorous'],
          [5, 'lies'],
        ]),
      ),
    ).toEqual(['withdrawn']);
    // Of half of the time nothing is known, and nobody is left lying for that.
    expect(
      statesOf(
        play([
          [1, 'vigorous'],
          [3, 'vigorous'],
          [5, 'vigorous'],
        ]),
      ),
    ).toEqual(['confirmed']);
    expect(
      statesOf(
        play([
          [1, 'lies'],
          [5, 'moves'],
        ]),
      ),
    ).toEqual(['confirmed']);
  });

  it('stays provisional where no reading says anything: of a device that was taken off, or came back after the time', () => {
    const takenOff = play([
      [1, null],
      [2, null],
      [6, 'moves'],
    ]);
    expect(takenOff).toEqual([{ alert: fall(), entry: 7, settled: null }]);
    expect(play([[6, 'moves']])).toEqual(takenOff);
  });

  it('waits 60 s for readings, by event time, and then stays provisional', () => {
    const watch = new FallWatch();
    watch.add(fall(), 7, AT_MS + 1000);
    expect(watch.expire(AT_MS + 60_999)).toEqual([]);
    expect(watch.isWatched(PATIENT)).toBe(true);
    expect(watch.expire(AT_MS + 61_000)).toEqual([{ alert: fall(), entry: 7, settled: null }]);
    expect(watch.isWatched(PATIENT)).toBe(false);
  });

  it('is settled by the one reading that came, when its time is over', () => {
    const watch = new FallWatch();
    watch.add(fall(), 7, AT_MS);
    watch.note(PATIENT, reading(1), 'vigorous');
    expect(statesOf(watch.expire(AT_MS + 60_000))).toEqual(['confirmed']);
  });

  it('stays provisional when what is open is closed by command, whatever was read of it until then', () => {
    const watch = new FallWatch();
    watch.add(fall(), 7, AT_MS);
    watch.note(PATIENT, reading(1), 'lies');
    expect(watch.clear()).toEqual([{ alert: fall(), entry: 7, settled: null }]);
    expect(watch.isWatched(PATIENT)).toBe(false);
    expect(watch.add(fall(), 8, AT_MS)).toBe(false);
  });

  it('that came late waits as long, from when it was received', () => {
    const watch = new FallWatch();
    watch.add(fall(), 7, AT_MS + 600_000);
    expect(watch.expire(AT_MS + 659_999)).toEqual([]);
    expect(watch.expire(AT_MS + 660_000)).toHaveLength(1);
  });

  it('is settled by slots of other lengths as well', () => {
    expect(
      statesOf(
        play(
          Array.from({ length: 12 }, (_, i) => [i + 3, 'lies']),
          1000,
        ),
      ),
    ).toEqual(['confirmed']);
    const tens = [1, 2, 3].map((slot): [number, AfterFall] => [slot, 'vigorous']);
    expect(statesOf(play(tens, 10_000))).toEqual(['withdrawn']);
  });

  it('is watched once, however often its frame comes, and apart from others', () => {
    const watch = new FallWatch();
    expect(watch.add(fall(), 7, AT_MS)).toBe(true);
    expect(watch.add(fall(), 8, AT_MS)).toBe(false);
    expect(watch.add(fall({ id: 'two', atMs: AT_MS + SLOT_MS }), 9, AT_MS)).toBe(true);
    expect(watch.add(fall({ id: 'three', patient: 'p000007' }), 9, AT_MS)).toBe(true);
    const first = [1, 2].flatMap((slot) => watch.note(PATIENT, reading(slot), 'lies'));
    expect(first.map(({ alert, entry }) => [alert.id, entry])).toEqual([['one', 7]]);
    expect(watch.note(PATIENT, reading(3), 'lies').map(({ alert }) => alert.id)).toEqual(['two']);
    expect(watch.isWatched(PATIENT)).toBe(false);
    expect(watch.isWatched('p000007')).toBe(true);
    // Its frame comes again after it was settled: that is no other fall, for as long as frames come again.
    expect(watch.add(fall(), 10, AT_MS)).toBe(false);
    watch.expire(AT_MS + 60_000);
    expect(watch.add(fall(), 11, AT_MS)).toBe(true);
  });
});
