import type { WindowDocument } from '@gaitway/contract';
import { decodeWindow, encodeWindow } from './window-codec.ts';

/** Where one patient's documents lie, ordered by their start. */
interface Shelf {
  startsMs: number[];
  /** Place of each document: its slab's index times {@link SLAB_BYTES}, plus the offset in it. */
  places: number[];
}

const SLAB_BYTES = 1 << 24;
/** Before each document: its length, epoch and revision (u32 each). */
const PREFIX_BYTES = 12;

/**
 * Packed window documents in large pieces of memory outside of the engine's heap. A replaced document leaves
 * its bytes behind: amendments are rare. {@link forgetBefore} takes documents out of sight, and their slab
 * goes once nothing in it is in sight.
 */
export class WindowStore {
  private readonly shelves = new Map<string, Shelf>();
  private readonly slabs: (Buffer | null)[] = [];
  /** Documents in sight, for each slab. */
  private readonly living: number[] = [];
  private used = SLAB_BYTES;

  /** Slabs that are held. */
  get slabCount(): number {
    return this.slabs.filter((slab) => slab !== null).length;
  }

  /** The patients that have documents, in order. */
  patients(): string[] {
    return [...this.shelves.keys()].sort();
  }

  /** Saves by the rule of epochs and revisions; `false`: a higher epoch is there. */
  save(document: WindowDocument): boolean {
    const { patient, startMs, epoch, revision } = document;
    let shelf = this.shelves.get(patient);
    if (!shelf) {
      shelf = { startsMs: [], places: [] };
      this.shelves.set(patient, shelf);
    }
    const at = firstNotBefore(shelf.startsMs, startMs);
    if (shelf.startsMs[at] !== startMs) {
      const place = this.write(document);
      if (at === shelf.startsMs.length) {
        shelf.startsMs.push(startMs);
        shelf.places.push(place);
      } else {
        shelf.startsMs.splice(at, 0, startMs);
        shelf.places.splice(at, 0, place);
      }
      return true;
    }
    const place = shelf.places[at]!;
    const slab = this.slabOf(place);
    const offset = place % SLAB_BYTES;
    const storedEpoch = slab.readUInt32LE(offset + 4);
    if (storedEpoch > epoch) return false;
    if (storedEpoch === epoch && slab.readUInt32LE(offset + 8) >= revision) return true;
    shelf.places[at] = this.write(document);
    this.leave(place);
    return true;
  }

  get(patient: string, startMs: number): WindowDocument | null {
    const shelf = this.shelves.get(patient);
    if (!shelf) return null;
    const at = firstNotBefore(shelf.startsMs, startMs);
    return shelf.startsMs[at] === startMs ? this.readAt(shelf.places[at]!) : null;
  }

  /** A patient's documents that start in [fromMs, toMs), oldest first. */
  range(patient: string, fromMs: number, toMs: number, limit: number): WindowDocument[] {
    const shelf = this.shelves.get(patient);
    if (!shelf) return [];
    const from = firstNotBefore(shelf.startsMs, fromMs);
    const to = Math.min(firstNotBefore(shelf.startsMs, toMs), from + limit);
    return shelf.places.slice(from, to).map((place) => this.readAt(place));
  }

  /** Forgets documents that end at or before `endMs`. */
  forgetBefore(endMs: number): void {
    for (const [patient, shelf] of this.shelves) {
      let count = 0;
      while (count < shelf.places.length && shelf.startsMs[count]! < endMs) {
        if (this.readAt(shelf.places[count]!).endMs > endMs) break;
        this.leave(shelf.places[count]!);
        count += 1;
      }
      shelf.startsMs.splice(0, count);
      shelf.places.splice(0, count);
      if (shelf.places.length === 0) this.shelves.delete(patient);
    }
  }

  private write(document: WindowDocument): number {
    const packed = encodeWindow(document);
    const bytes = PREFIX_BYTES + packed.length;
    if (this.used + bytes > SLAB_BYTES) {
      this.slabs.push(Buffer.allocUnsafeSlow(SLAB_BYTES));
      this.living.push(0);
      this.used = 0;
    }
    const index = this.slabs.length - 1;
    const slab = this.slabs[index]!;
    slab.writeUInt32LE(packed.length, this.used);
    slab.writeUInt32LE(document.epoch, this.used + 4);
    slab.writeUInt32LE(document.revision, this.used + 8);
    slab.set(packed, this.used + PREFIX_BYTES);
    const place = index * SLAB_BYTES + this.used;
    this.used += bytes;
    this.living[index]! += 1;
    return place;
  }

  private readAt(place: number): WindowDocument {
    const slab = this.slabOf(place);
    const at = place % SLAB_BYTES;
    return decodeWindow(slab.subarray(at + PREFIX_BYTES, at + PREFIX_BYTES + slab.readUInt32LE(at)));
  }

  private slabOf(place: number): Buffer {
    return this.slabs[Math.floor(place / SLAB_BYTES)]!;
  }

  private leave(place: number): void {
    const index = Math.floor(place / SLAB_BYTES);
    this.living[index]! -= 1;
    if (this.living[index] === 0 && index < this.slabs.length - 1) this.slabs[index] = null;
  }
}

/** Index of the first value of an ascending list that is not below `value`. Most additions go to the end. */
function firstNotBefore(ascending: readonly number[], value: number): number {
  let high = ascending.length;
  if (high === 0 || ascending[high - 1]! < value) return high;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
