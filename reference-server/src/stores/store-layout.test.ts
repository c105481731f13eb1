import { describe, expect, it } from 'vitest';
import { type LayoutKeeper, type StoreLayout, settleLayout } from './store-layout.ts';

const LAYOUT: StoreLayout = {
  partitions: 16,
  windowMs: 60_000,
  windowOriginMs: 0,
  windowPhaseSpreadMs: 60_000,
};
const FIXED = { reuseOrigin: false };
const NOW = { reuseOrigin: true };

/** A store in memory; `before` comes in between a look at it and the first write. */
class MemoryKeeper implements LayoutKeeper {
  readonly name: string;
  readonly fault = { code: 'folder_layout', elsewhere: 'go elsewhere' } as const;
  layout: Partial<StoreLayout>;
  private readonly before: Partial<StoreLayout>;

  constructor(name: string, layout: Partial<StoreLayout> = {}, before: Partial<StoreLayout> = {}) {
    this.name = name;
    this.layout = layout;
    this.before = before;
  }
  async kept() {
    return this.layout;
  }
  async keep(layout: StoreLayout) {
    this.layout = { ...layout, ...this.before, ...this.layout };
    return this.layout;
  }
}

describe('the layout of stores', () => {
  it('is what is asked for where nothing is kept, and is kept from then on', async () => {
    const keepers = [new MemoryKeeper('a'), new MemoryKeeper('b')];
    expect(await settleLayout(keepers, LAYOUT, FIXED)).toEqual(LAYOUT);
    expect(keepers.map(({ layout }) => layout)).toEqual([LAYOUT, LAYOUT]);
    expect(await settleLayout(keepers, LAYOUT, FIXED)).toEqual(LAYOUT);
  });

  it.each([
    [{ partitions: 8 }, '--partitions 16', '--partitions 8'],
    [{ windowMs: 1500 }, '--window-seconds 60', '--window-seconds 1.5'],
    [
      { windowOriginMs: 1_750_000_000_000 },
      '--window-origin epoch',
      '--window-origin 2025-06-15T15:06:40.000Z',
    ],
    [{ windowPhaseSpreadMs: 0 }, '--window-phase-spread-seconds 60', '--window-phase-spread-seconds 0'],
    [
      { partitions: 32, windowMs: 5000 },
      '--partitions 16 --window-seconds 60',
      '--partitions 32 --window-seconds 5',
    ],
  ])(
    'with %o is refused with what was stored, what was asked and what to do',
    async (change, stored, asked) => {
      const empty = new MemoryKeeper('The new store');
      const keepers = [empty, new MemoryKeeper('The old store', LAYOUT)];
      await expect(settleLayout(keepers, { ...LAYOUT, ...change }, FIXED)).rejects.toMatchObject({
        name: 'StoreFault',
        code: 'folder_layout',
        message: `The old store was begun with ${stored}; this server was asked for ${asked}, and would lose its readings or count them twice. Start with ${stored}, or go elsewhere.`,
      });
      expect(empty.layout).toEqual({});
    },
  );

  it('that an earlier version kept in part is completed, and holds as far as it goes', async () => {
    const earlier = new MemoryKeeper('a', { partitions: 16 });
    await expect(settleLayout([earlier], { ...LAYOUT, partitions: 4 }, FIXED)).rejects.toThrow(
      /--partitions 16/,
    );
    expect(await settleLayout([earlier], LAYOUT, FIXED)).toEqual(LAYOUT);
    expect(earlier.layout).toEqual(LAYOUT);
  });

  it('counts windows from where the first start did, whichever store knows', async () => {
    const [first, second] = [new MemoryKeeper('a'), new MemoryKeeper('b')];
    const begun = { ...LAYOUT, windowOriginMs: 1000 };
    expect(await settleLayout([second], begun, NOW)).toEqual(begun);
    expect(await settleLayout([first, second], { ...LAYOUT, windowOriginMs: 2000 }, NOW)).toEqual(begun);
    expect(first.layout).toEqual(begun);
    await expect(settleLayout([second], LAYOUT, FIXED)).rejects.toThrow(
      /with --window-origin 1970-01-01T00:00:01.000Z; .* for --window-origin epoch,/,
    );
    await expect(settleLayout([second], { ...begun, windowMs: 5000 }, NOW)).rejects.toThrow(
      /--window-seconds 60/,
    );
  });

  it('of two stores that count from different moments fits no server', async () => {
    const keepers = [1000, 2000].map(
      (windowOriginMs) => new MemoryKeeper('a', { ...LAYOUT, windowOriginMs }),
    );
    await expect(settleLayout(keepers, LAYOUT, NOW)).rejects.toThrow(/--window-origin/);
  });

  it('that another server begins in the same moment is that of the other', async () => {
    const raced = () => new MemoryKeeper('a', {}, { windowOriginMs: 5 });
    const own = new MemoryKeeper('b');
    const begun = { ...LAYOUT, windowOriginMs: 5 };
    expect(await settleLayout([raced(), own], { ...LAYOUT, windowOriginMs: 7 }, NOW)).toEqual(begun);
    expect(own.layout).toEqual(begun);
    await expect(settleLayout([raced()], LAYOUT, FIXED)).rejects.toThrow(/--window-origin/);
  });
});
