import { describe, expect, it } from 'vitest';
import { documentOf } from './documents.fixture.ts';
import { WindowStore } from './window-store.ts';

describe('window store', () => {
  it('finds every document again, over several slabs, in whatever order they came', () => {
    const store = new WindowStore();
    const minutes = Array.from({ length: 400 }, (_, i) => (i * 7) % 400);
    const reason = 'x'.repeat(60_000);
    const long = (minute: number) => {
      const document = documentOf('a', minute);
      return { ...document, assessment: { ...document.assessment, model: reason } };
    };
    for (const minute of minutes) store.save(minute % 2 ? long(minute) : documentOf('a', minute));
    const found = store.range('a', 0, 1e15, 1000);
    expect(found).toHaveLength(400);
    found.forEach((document, minute) => {
      expect(document).toEqual(minute % 2 ? long(minute) : documentOf('a', minute));
    });
  });

  it('gives memory back once everything in it was forgotten or replaced', () => {
    const store = new WindowStore();
    const model = 'x'.repeat(100_000);
    for (let minute = 0; minute < 2000; minute++) {
      const document = documentOf('a', minute);
      store.save({ ...document, assessment: { ...document.assessment, model } });
      store.forgetBefore(document.startMs - 10 * 60_000);
    }
    expect(store.range('a', 0, 1e15, 1000).length).toBeLessThanOrEqual(12);
    // 200 MB went in, thirteen slabs; two may hold what is in sight.
    expect(store.slabCount).toBeLessThanOrEqual(2);
    expect(store.patients()).toEqual(['a']);
    store.forgetBefore(1e15);
    expect(store.patients()).toEqual([]);
  });
});
