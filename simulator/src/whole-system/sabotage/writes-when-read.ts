import type { WindowDocument } from '@gaitway/contract';
import { MemoryArchive } from '@gaitway/reference-server';
import type { ServerParts } from '../simulated-server.ts';
import { storesInMemory } from '../simulated-server.ts';

/** An archive that confirms every document and writes none before somebody reads it as a whole. */
class LazyArchive extends MemoryArchive {
  private held: WindowDocument[] = [];

  override async saveWindows(windows: readonly WindowDocument[]) {
    this.held.push(...windows);
    return windows.map(() => 'saved' as const);
  }

  override async *scanWindows(fromMs: number, toMs: number, pageSize: number) {
    await super.saveWindows(this.held);
    this.held = [];
    yield* super.scanWindows(fromMs, toMs, pageSize);
  }
}

/** Documents that nobody could have read in time, each with a moment of closing that says otherwise. */
export function writesWhenRead(): ServerParts {
  return { stores: { ...storesInMemory(), archive: new LazyArchive() } };
}
