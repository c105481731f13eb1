import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntry, encodeCloseOpen, encodeRecords } from './log-entry-codec.ts';

const recordArbitrary = fc.record({
  patient: fc.string({ unit: 'grapheme', maxLength: 40 }),
  ward: fc.oneof(fc.constant('ward-1'), fc.string({ unit: 'grapheme', maxLength: 10 })),
  bytes: fc.uint8Array({ maxLength: 336 }),
});

describe('log entry codec', () => {
  it('gives back every entry of records', () => {
    fc.assert(
      fc.property(fc.array(recordArbitrary, { maxLength: 20 }), fc.nat(2 ** 47), (records, receivedAtMs) => {
        const entry = decodeEntry('p', encodeRecords(receivedAtMs, records));
        const plain = entry.records.map((record) => ({ ...record, bytes: Uint8Array.from(record.bytes) }));
        expect({ ...entry, records: plain }).toEqual({ position: 'p', receivedAtMs, records });
      }),
    );
  });

  it('gives back the marker', () => {
    expect(decodeEntry('p', encodeCloseOpen(1_700_000_000_123))).toEqual({
      position: 'p',
      receivedAtMs: 1_700_000_000_123,
      records: [],
      closeOpen: true,
    });
  });

  it('gives frames as views of the entry, not as copies', () => {
    const source = encodeRecords(1, [{ patient: 'a', ward: 'w', bytes: Uint8Array.of(1, 2, 3) }]);
    expect(decodeEntry('p', source).records[0]?.bytes.buffer).toBe(source.buffer);
  });

  it('costs thirteen bytes beside the names and frame of a single record', () => {
    expect(encodeRecords(1, [{ patient: 'p-1', ward: 'w', bytes: new Uint8Array(106) }])).toHaveLength(
      13 + 4 + 106,
    );
  });

  it('says which entry is damaged, wherever it was cut', () => {
    const source = encodeRecords(1, [{ patient: 'abc', ward: 'w', bytes: new Uint8Array(20) }]);
    for (let length = 0; length < source.length; length++) {
      if (length === 7) continue; // A header alone is an entry without records.
      expect(() => decodeEntry('3-14', source.subarray(0, length)), `cut at ${length}`).toThrow(
        /3-14 is damaged/,
      );
    }
    expect(() => decodeEntry('3-14', Buffer.alloc(7, 9))).toThrow('kind 9');
  });

  it('refuses what does not fit its lengths', () => {
    const record = { patient: 'x'.repeat(65_536), ward: '', bytes: new Uint8Array(0) };
    expect(() => encodeRecords(1, [record])).toThrow(RangeError);
  });
});
