import type { WindowSettings } from '@gaitway/contract';
import { StoreFault, type StoreFaultCode } from './store-fault.ts';

/**
 * What stored readings were laid out by. With another number of partitions some would be looked for where they are
 * not; cut by other windows, those that are read again would be archived a second time, under other keys.
 */
export interface StoreLayout extends WindowSettings {
  partitions: number;
}

/** A store that readings lie in, and that keeps the layout it was begun with. */
export interface LayoutKeeper {
  /** Which one, as a message begins: "The data folder /tmp/ward". */
  readonly name: string;
  /** The fault of a change, and where there is room for another layout. */
  readonly fault: { code: StoreFaultCode; elsewhere: string };
  /** What it keeps; a store that was begun by an earlier version keeps less, an empty one nothing. */
  kept(): Promise<Partial<StoreLayout>>;
  /** Keeps what is not kept yet. Resolves with what is kept now: another server may have been there first. */
  keep(layout: StoreLayout): Promise<Partial<StoreLayout>>;
}

export interface LayoutOptions {
  /** The origin that a store was begun with goes before the one that is asked for. */
  reuseOrigin: boolean;
}

/**
 * The layout that a server works by: the one that is asked for, kept in every store from now on. Throws a
 * {@link StoreFault} when a store was begun with another one; then none of them was changed.
 */
export async function settleLayout(
  keepers: readonly LayoutKeeper[],
  asked: StoreLayout,
  { reuseOrigin }: LayoutOptions,
): Promise<StoreLayout> {
  const found = await Promise.all(keepers.map(async (keeper) => ({ keeper, kept: await keeper.kept() })));
  let origin = reuseOrigin ? firstOrigin(found.map(({ kept }) => kept)) : asked.windowOriginMs;
  let layout = { ...asked, windowOriginMs: origin ?? asked.windowOriginMs };
  for (const { keeper, kept } of found) insistOn(layout, keeper, kept);
  for (const keeper of keepers) {
    const kept = await keeper.keep(layout);
    // Of two servers that begin a store in the same moment the second counts from where the first does.
    origin ??= kept.windowOriginMs;
    layout = { ...layout, windowOriginMs: origin ?? layout.windowOriginMs };
    insistOn(layout, keeper, kept);
  }
  return layout;
}

function firstOrigin(kept: readonly Partial<StoreLayout>[]): number | undefined {
  return kept.find(({ windowOriginMs }) => windowOriginMs !== undefined)?.windowOriginMs;
}

/** Each part as it is set on the command line, so that it can be copied from the message. */
const FLAGS: Record<keyof StoreLayout, (value: number) => string> = {
  partitions: (count) => `--partitions ${count}`,
  windowMs: (ms) => `--window-seconds ${ms / 1000}`,
  windowOriginMs: (ms) => `--window-origin ${ms === 0 ? 'epoch' : new Date(ms).toISOString()}`,
  windowPhaseSpreadMs: (ms) => `--window-phase-spread-seconds ${ms / 1000}`,
};
export const LAYOUT_PARTS = Object.keys(FLAGS) as (keyof StoreLayout)[];

function insistOn(layout: StoreLayout, { name, fault }: LayoutKeeper, kept: Partial<StoreLayout>): void {
  const changed = LAYOUT_PARTS.filter((part) => kept[part] !== undefined && kept[part] !== layout[part]);
  if (changed.length === 0) return;
  const stored = changed.map((part) => FLAGS[part](kept[part]!)).join(' ');
  const asked = changed.map((part) => FLAGS[part](layout[part])).join(' ');
  throw new StoreFault(
    fault.code,
    `${name} was begun with ${stored}; this server was asked for ${asked}, and would lose its readings or count them twice.`,
    `Start with ${stored}, or ${fault.elsewhere}.`,
  );
}
