import { Board, bytesOf, CYCLES_PER_MS } from '@gaitway/firmware/board';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readFirmware } from './firmware-image.ts';
import { programOfImage } from './program-of-image.ts';

const { program } = readFirmware();
const { words } = program;
const IMAGE = bytesOf(program);

afterEach(() => vi.restoreAllMocks());

describe('an image that canaries are updated to', () => {
  it('becomes one program for all of them, which is warmed up once, a little at a time', () => {
    const waiting: (() => void)[] = [];
    const again = (slice: () => void): number => waiting.push(slice);
    const programs = Array.from({ length: 20 }, () => programOfImage(1, IMAGE.slice(), again));
    expect(new Set(programs).size).toBe(1);
    expect(Buffer.compare(Buffer.from(programs[0]!.words.buffer), Buffer.from(words.buffer))).toBe(0);
    expect(waiting).toHaveLength(1);

    // Nothing of it in the turns in which the boards ask for it, and in each turn after it less than a busy chip does in 2 ms.
    const boards = new Set<Board>();
    let worked = 0;
    const run = vi.spyOn(Board.prototype, 'runToCycle');
    let slices = 0;
    for (let slice = waiting.shift(); slice !== undefined; slice = waiting.shift()) {
      const before = worked;
      slice();
      for (const board of run.mock.contexts as Board[]) boards.add(board);
      run.mockClear();
      worked = [...boards].reduce((sum, { activeCycles }) => sum + activeCycles, 0);
      expect(worked - before).toBeLessThan(2 * CYCLES_PER_MS);
      expect(waiting.length).toBeLessThanOrEqual(1);
      slices++;
    }
    expect([boards.size, slices]).toEqual([1, 400]);
    // Some slots and what is sent of them, not the start alone.
    expect([...boards][0]!.tick).toBeGreaterThan(50);
  });

  it('is another program when its bytes are others', () => {
    expect(programOfImage(2, IMAGE, () => {})).not.toBe(programOfImage(3, IMAGE, () => {}));
  });
});
