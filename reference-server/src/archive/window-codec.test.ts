import { CONDITIONS, type WindowDocument } from '@gaitway/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentOf } from './documents.fixture.ts';
import { decodeWindow, encodeWindow } from './window-codec.ts';

const count = fc.nat(2 ** 32 - 1);
const real = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const thousandths = fc.option(fc.nat(1000), { nil: null });
const name = fc.oneof(fc.constant('steps'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }));

const documentArbitrary: fc.Arbitrary<WindowDocument> = fc.record({
  patient: fc.string({ unit: 'grapheme' }),
  ward: fc.string({ unit: 'grapheme' }),
  startMs: fc.nat(2 ** 47),
  endMs: fc.nat(2 ** 47),
  revision: count,
  epoch: count,
  complete: fc.boolean(),
  readings: count,
  lateReadings: count,
  identities: fc.array(fc.record({ device: count, boot: fc.nat(65535), fromSeq: count, toSeq: count }), {
    maxLength: 4,
  }),
  digest: fc.stringMatching(/^[0-9a-f]{16}$/),
  aggregates: fc.dictionary(
    name.filter((text) => text !== '__proto__'),
    fc.record({ sum: real, min: real, max: real }, { noNullPrototype: true }),
    { maxKeys: 5, noNullPrototype: true },
  ),
  slots: fc.array(
    fc.record(
      {
        startMs: fc.nat(2 ** 47),
        boot: fc.nat(65535),
        seq: count,
        tremor: thousandths,
        rigidityProxy: thousandths,
        gait: thousandths,
        freezing: thousandths,
        ...{ tremorRating: fc.nat(4000) },
      },
      {
        requiredKeys: ['startMs', 'boot', 'seq', 'tremor', 'rigidityProxy', 'gait', 'freezing'],
        noNullPrototype: true,
      },
    ),
    { maxLength: 5 },
  ),
  drivers: fc.array(
    fc.record(
      { condition: fc.constantFrom(...CONDITIONS), feature: name, slots: count, value: real, moved: real },
      {
        noNullPrototype: true,
      },
    ),
    { maxLength: 4 },
  ),
  assessment: fc.record({
    model: fc.string(),
    conditions: fc.array(
      fc.record(
        {
          condition: fc.constantFrom(...CONDITIONS),
          assessable: fc.boolean(),
          reason: fc.string(),
          score: real,
          probability: real,
          severity: fc.nat(4),
          contributions: fc.array(fc.record({ feature: name, value: real, contribution: real }), {
            maxLength: 4,
          }),
        },
        { requiredKeys: ['condition', 'assessable'], noNullPrototype: true },
      ),
      { maxLength: 3 },
    ),
  }),
  closedAtMs: fc.nat(2 ** 47),
});

describe('window codec', () => {
  it('gives back every document equal', () => {
    fc.assert(
      fc.property(documentArbitrary, (document) => {
        expect(decodeWindow(encodeWindow(document))).toEqual(document);
      }),
    );
  });

  it('gives back a usual document with its fields in the same order', () => {
    const document = documentOf('patient-000001', 5);
    expect(JSON.stringify(decodeWindow(encodeWindow(document)))).toBe(JSON.stringify(document));
  });

  it('needs less than 900 bytes for a usual document, so that a simulated day of 1,000 patients fits in memory', () => {
    expect(encodeWindow(documentOf('patient-000001', 900)).length).toBeLessThan(900);
  });

  it('says so when another version wrote the document', () => {
    const other = encodeWindow(documentOf('a', 0));
    other[0] = 4 * 5;
    expect(() => decodeWindow(other)).toThrow(
      'a stored window is of format 5; this version reads formats 2 to 4',
    );
  });

  it('says so when a document breaks off', () => {
    const bytes = encodeWindow(documentOf('a', 0));
    expect(() => decodeWindow(bytes.subarray(0, 40))).toThrow('damaged');
  });
});
