import { describe, expect, it } from 'vitest';
import { builtAs, image } from '../board/wearable.fixture.ts';
import { boardChip, type Programs, twinChip } from './chips.fixture.ts';
import { drive, FAULTS, type Fault, type Life } from './drive.fixture.ts';
import type { UpdateOutcome } from './updater.ts';

const SEEDS = process.env.GAITWAY_TEST === 'full' ? 5 : 1;

const PROGRAMS: Programs = {
  'wearable-test': builtAs(image('wearable-test')),
  'wearable-next-test': builtAs(image('wearable-next-test')),
};
const OUTCOME: Readonly<Record<Fault, UpdateOutcome>> = {
  none: 'confirmed',
  'hangs at the offer': 'not_taken',
  'cut-offered': 'power_cut',
  'download fails': 'download_failed',
  'cut-downloading': 'power_cut',
  'image is damaged': 'bad_hash',
  'cut-verifying': 'power_cut',
  'write fails': 'write_failed',
  'cut-swapping': 'power_cut',
  'new program hangs': 'not_confirmed',
  'new program is not heard': 'not_confirmed',
  'cut-trial': 'power_cut',
  'cut-restoring': 'not_confirmed',
  'brown-outs': 'confirmed',
};

/** Frames of a boot that the server never got, though a later one of the same boot came. */
function lost({ server }: Life): string[] {
  const numbers = new Map<number, Set<number>>();
  for (const key of server.stored.keys()) {
    const [boot, seq] = key.split(':').map(Number) as [number, number];
    numbers.set(boot, (numbers.get(boot) ?? new Set()).add(seq));
  }
  return [...numbers].flatMap(([boot, known]) =>
    Array.from({ length: Math.max(...known) }, (_, seq) => seq)
      .filter((seq) => !known.has(seq))
      .map((seq) => `${boot}:${seq}`),
  );
}

describe('an update on the board and in the twin', () => {
  it.each(FAULTS.filter((_, index) => SEEDS > 1 || index % 2 === 0))(
    'sends the same, and ends the same: %s',
    (fault) => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const twin = drive(seed, fault, PROGRAMS, twinChip);
        const board = drive(seed, fault, PROGRAMS, boardChip);
        expect(board.sent).toEqual(twin.sent);
        expect(board.outcomes).toEqual(twin.outcomes);
        expect(twin.outcomes).toHaveLength(1);
        expect(twin.outcomes[0]!.split(' ')[0]).toBe(OUTCOME[fault]);
        const isNew = OUTCOME[fault] === 'confirmed';
        expect(twin.firmware).toBe(PROGRAMS[isNew ? 'wearable-next-test' : 'wearable-test'].firmware);
        // The ring is kept over every program: what was held before a swap arrives after it. A cut of the power loses it, and
        // a program that is not heard for long fills it.
        if (!fault.startsWith('cut-') && fault !== 'new program is not heard') expect(lost(twin)).toEqual([]);
        expect(twin.sent.length).toBeGreaterThan(12);
      }
    },
  );

  it('goes through every state', () => {
    const states = new Set(FAULTS.flatMap((fault) => [...drive(1, fault, PROGRAMS, twinChip).states]));
    expect([...states].sort()).toEqual([
      'downloading',
      'offered',
      'restoring',
      'running',
      'swapping',
      'trial',
      'verifying',
    ]);
  });
});
