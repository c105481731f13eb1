import { describe, expect, it } from 'vitest';
import { FLASH_BYTES } from './chip.ts';
import { foreignVectors, HexFault, parseIntelHex, programOf } from './intel-hex.ts';

const END = ':00000001FF';
const GOOD = [':0400000001020304F2', ':02000400ABCD82', END].join('\n');

/** A record with its right checksum. */
function record(type: number, address: number, data: number[]): string {
  const bytes = [data.length, address >> 8, address & 0xff, type, ...data];
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  return `:${[...bytes, -sum & 0xff].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function faultOf(text: string): HexFault {
  try {
    parseIntelHex(text, 'wearable.hex');
  } catch (error) {
    if (error instanceof HexFault) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a program in Intel HEX', () => {
  it('lies in flash as little-endian words, the rest erased', () => {
    const { words, bytes } = parseIntelHex(GOOD);
    expect([...words.slice(0, 4)]).toEqual([0x0201, 0x0403, 0xcdab, 0xffff]);
    expect([words.length, bytes]).toEqual([FLASH_BYTES / 2, 6]);
  });

  it('may have lines of Windows, empty lines, lower-case digits and where a PC would begin', () => {
    const text = [record(3, 0, [0, 0, 0, 0]), '', record(0, 0, [1, 2]), record(5, 0, [0, 0, 0, 0]), END, ''];
    expect(parseIntelHex(text.join('\r\n')).words[0]).toBe(0x0201);
  });

  it('may have sections apart: aligned by a few bytes, or on a page of their own', () => {
    const text = [record(0, 0, [1, 2]), record(0, 8, [3]), record(0, 0x7000, [4]), END].join('\n');
    expect(parseIntelHex(text).words[0x3800]).toBe(0xff04);
  });

  it('may reach the end of flash through a segment or a linear address', () => {
    const data = record(0, 0x7ffe, [1, 2]);
    expect(parseIntelHex([record(4, 0, [0, 0]), data, END].join('\n')).words[0x3fff]).toBe(0x0201);
    expect(parseIntelHex([record(2, 0, [0x07, 0xff]), record(0, 0x000e, [1, 2]), END].join('\n')).bytes).toBe(
      FLASH_BYTES,
    );
  });

  it.each([
    ['no colon', 2, `${GOOD.split('\n')[0]}\n0400\n`, "does not begin with ':'"],
    ['a wrong digit', 1, ':0400000001G20304F2', "'G' in column 12 is no hexadecimal digit"],
    ['half a byte', 1, ':0400000001020304F', 'half a byte'],
    ['a short line', 1, ':04000000010203F6', 'says 4 bytes of data and has 3'],
    ['an empty record', 1, ':', 'says 0 bytes of data and has 0'],
    ['a wrong checksum', 1, ':0400000001020304F3', 'checksum F3 should be F2'],
    [
      'a line that was lost',
      2,
      [record(0, 0, [1, 2]), record(0, 0x12, [1]), END].join('\n'),
      'begins at 0x12, and nothing gives the 16 bytes from 0x2 on',
    ],
    [
      'many lines that were lost',
      2,
      [record(0, 0, [1, 2]), record(0, 0x210, [1]), END].join('\n'),
      'begins at 0x210',
    ],
    ['an unknown type', 1, record(9, 0, []), 'record type 9'],
    ['an address that is no address', 1, record(4, 0, [0]), 'an address record has 2 bytes'],
    [
      'more flash than there is',
      2,
      [record(4, 0, [0, 1]), record(0, 0, [1])].join('\n'),
      'address 0x10000 lies beyond',
    ],
    ['a record across the end', 1, record(0, 0x7fff, [1, 2]), 'address 0x8000 lies beyond'],
    [
      'the same address twice',
      2,
      [record(0, 0, [1, 2]), record(0, 1, [2])].join('\n'),
      'address 0x1 is given',
    ],
    ['something behind the end', 4, `${GOOD}\n${record(0, 9, [1])}`, 'behind the end record'],
    ['a file that was cut off', 0, GOOD.split('\n')[0]!, 'has no end record'],
    ['no program', 0, END, 'holds no program'],
    ['no text', 0, '', 'has no end record'],
  ])('is refused for %s, and the line is named', (_, line, text, says) => {
    const fault = faultOf(text);
    expect(fault.line).toBe(line);
    expect(fault.message).toContain(says);
    expect(fault.message).toContain(line > 0 ? `wearable.hex:${line}: ` : 'wearable.hex: ');
  });

  it('is known to be for another chip by its table of interrupts', () => {
    const table = (vectors: number) =>
      programOf(
        Uint8Array.from({ length: 4 * vectors + 2 }, (_, i) =>
          i < 4 * vectors ? [0x0c, 0x94, 0x68, 0x00][i % 4]! : [0x11, 0x24][i % 2]!,
        ),
      );
    expect(foreignVectors(table(26))).toBeUndefined();
    expect(foreignVectors(table(57))).toContain('table of 57 interrupt vectors');
    expect(foreignVectors(table(0))).toContain('table of 0 interrupt vectors');
  });
});
