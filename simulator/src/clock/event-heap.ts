/** Something that shall happen. `place` is -1 once it happened or was cancelled. */
export interface HeapEvent {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
  place: number;
}

/**
 * A binary heap of events by moment, and by order of setting for equal moments. Each event knows its place,
 * so that cancelling takes it out at once: timers that are set and cleared over and over leave nothing behind.
 */
export class EventHeap {
  private readonly events: HeapEvent[] = [];
  private nextOrder = 0;

  get size(): number {
    return this.events.length;
  }

  push(atMs: number, callback: () => void): HeapEvent {
    const event: HeapEvent = { atMs, order: this.nextOrder++, callback, place: this.events.length };
    this.events.push(event);
    this.rise(event);
    return event;
  }

  /** Takes out the first event if it lies not after `untilMs`. */
  popUpTo(untilMs: number): HeapEvent | undefined {
    const first = this.events[0];
    if (first === undefined || first.atMs > untilMs) return undefined;
    this.remove(first);
    return first;
  }

  cancel(event: HeapEvent): void {
    if (event.place >= 0) this.remove(event);
  }

  private remove(event: HeapEvent): void {
    const { events } = this;
    const last = events.pop()!;
    if (last !== event) {
      last.place = event.place;
      events[event.place] = last;
      this.rise(last);
      this.sink(last);
    }
    event.place = -1;
  }

  private rise(event: HeapEvent): void {
    const { events } = this;
    while (event.place > 0) {
      const parent = events[(event.place - 1) >> 1]!;
      if (!isBefore(event, parent)) return;
      this.swap(event, parent);
    }
  }

  private sink(event: HeapEvent): void {
    const { events } = this;
    for (;;) {
      const left = events[2 * event.place + 1];
      if (left === undefined) return;
      const right = events[2 * event.place + 2];
      const child = right !== undefined && isBefore(right, left) ? right : left;
      if (!isBefore(child, event)) return;
      this.swap(child, event);
    }
  }

  private swap(a: HeapEvent, b: HeapEvent): void {
    const place = a.place;
    this.events[b.place] = a;
    this.events[place] = b;
    a.place = b.place;
    b.place = place;
  }
}

function isBefore(a: HeapEvent, b: HeapEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
