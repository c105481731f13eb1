import { readFileSync } from 'node:fs';
import type { WindowDocument } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { decodeWindow, encodeWindow } from './window-codec.ts';

interface OldWindow {
  /** As the version read it that wrote it. */
  document: WindowDocument;
  bytes: Buffer;
}

const FILE = new URL('./old-windows.json', import.meta.url);
const stored = JSON.parse(readFileSync(FILE, 'utf8')) as {
  formats: Record<2 | 3, { document: string; bytes: string }[]>;
};
const windowsOf = (format: 2 | 3): OldWindow[] =>
  stored.formats[format].map(({ document, bytes }) => ({
    document: JSON.parse(document) as WindowDocument,
    bytes: Buffer.from(bytes, 'base64'),
  }));
const formats = { 2: windowsOf(2), 3: windowsOf(3) };

describe('windows that earlier versions stored', () => {
  it('are those with slots, and of each format one that could not be assessed for everything', () => {
    for (const windows of Object.values(formats)) {
      expect(windows.every(({ document }) => document.slots.length > 0)).toBe(true);
      const said = windows.flatMap(({ document }) => document.assessment.conditions);
      expect(new Set(said.map(({ assessable }) => assessable))).toEqual(new Set([true, false]));
    }
  });

  it.each(formats[2])('of format 2 are read, and nothing is said of what they did not know', (window) => {
    const { slots, ...rest } = window.document;
    const read = decodeWindow(window.bytes);
    expect(read).toEqual({ ...rest, slots: slots.map((slot) => ({ ...slot, freezing: null })) });
    expect(read).not.toHaveProperty('drivers');
    expect(read.slots.some((slot) => 'tremorRating' in slot)).toBe(false);
  });

  it.each(formats[3])('of format 3 are read, and nothing is said of what drove their slots', (window) => {
    const read = decodeWindow(window.bytes);
    expect(read).toEqual(window.document);
    expect(read).not.toHaveProperty('drivers');
  });

  it.each([...formats[2], ...formats[3]])('are written again as they were read', (window) => {
    const read = decodeWindow(window.bytes);
    expect(decodeWindow(encodeWindow(read))).toEqual(read);
  });

  it.each([2, 3] as const)('of format %i that break off are refused', (format) => {
    const bytes = formats[format][0]!.bytes;
    for (const length of [2, 40, bytes.length - 1])
      expect(() => decodeWindow(bytes.subarray(0, length))).toThrow('damaged');
  });

  it('of a format before those are refused, and it is said which are read', () => {
    const bytes = Buffer.from(formats[2][0]!.bytes);
    bytes[0] = 4 * 1;
    expect(() => decodeWindow(bytes)).toThrow(
      'a stored window is of format 1; this version reads formats 2 to 4',
    );
  });
});
