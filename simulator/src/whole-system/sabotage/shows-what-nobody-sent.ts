import { MemoryFanOut } from '@gaitway/reference-server';
import type { ServerParts } from '../simulated-server.ts';

type Update = Parameters<MemoryFanOut['publish']>[0];

/** Shows viewers one reading of a day that has not come yet, and no other: whoever looks for the newest is content. */
export function showsWhatNobodySent(): ServerParts {
  return { fanOut: () => new InventingFanOut() };
}

const DAY_MS = 86_400_000;

class InventingFanOut extends MemoryFanOut {
  private readonly shown = new Set<string>();

  override publish(update: Update): void {
    if (update.kind !== 'reading') return super.publish(update);
    if (this.shown.has(update.patient)) return;
    this.shown.add(update.patient);
    const { reading } = update;
    super.publish({ ...update, reading: { ...reading, startMs: reading.startMs + DAY_MS } });
  }
}
