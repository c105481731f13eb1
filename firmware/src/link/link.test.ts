import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cobsDecode, cobsEncode } from './cobs.ts';
import { type DownMessage, encodeDown, sealMessage } from './down-message.ts';
import { type UpMessage, UpReader } from './up-reader.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const run = (from: number, length: number): number[] => Array.from({ length }, (_, i) => from + i);

function readAll(line: Uint8Array): UpMessage[] {
  const reader = new UpReader();
  return [...line].map((value) => reader.push(value)).filter((message) => message !== undefined);
}

describe('COBS', () => {
  // The examples of the Wikipedia article "Consistent Overhead Byte Stuffing".
  it.each([
    [[0], [1, 1]],
    [
      [0, 0],
      [1, 1, 1],
    ],
    [
      [0, 0x11, 0],
      [1, 2, 0x11, 1],
    ],
    [
      [0x11, 0x22, 0, 0x33],
      [3, 0x11, 0x22, 2, 0x33],
    ],
    [
      [0x11, 0, 0, 0],
      [2, 0x11, 1, 1, 1],
    ],
    [[], [1]],
    [run(1, 254), [255, ...run(1, 254)]],
    [
      [0, ...run(1, 254)],
      [1, 255, ...run(1, 254)],
    ],
    [
      [...run(1, 254), 255],
      [255, ...run(1, 254), 2, 255],
    ],
    [
      [...run(2, 254), 0],
      [255, ...run(2, 254), 1, 1],
    ],
    [
      [...run(3, 253), 0, 1],
      [254, ...run(3, 253), 2, 1],
    ],
  ])('encodes example %#', (plain, encoded) => {
    expect([...cobsEncode(bytes(...plain))]).toEqual([...encoded, 0]);
    expect(cobsDecode(bytes(...encoded))).toEqual(bytes(...plain));
  });

  it('gives back what it took, without a zero before the end', () => {
    const plain = fc.array(fc.oneof(fc.constant(0), fc.nat(255)), { maxLength: 800 });
    fc.assert(
      fc.property(plain, (values) => {
        const encoded = cobsEncode(bytes(...values));
        expect(encoded.indexOf(0)).toBe(encoded.length - 1);
        expect(cobsDecode(encoded.subarray(0, -1))).toEqual(bytes(...values));
      }),
    );
  });

  it('refuses what is cut off or has a zero inside', () => {
    expect(cobsDecode(bytes(3, 1))).toBeUndefined();
    expect(cobsDecode(bytes(3, 0, 1))).toBeUndefined();
    expect(cobsDecode(bytes(1, 0))).toBeUndefined();
  });
});

describe('a message to the chip', () => {
  it.each<[DownMessage, number[]]>([
    [{ type: 'linkUp' }, [0x81]],
    [{ type: 'linkDown' }, [0x82]],
    [{ type: 'acknowledged', boot: 0x0102, seq: 0xfffefdfc }, [0x83, 2, 1, 0xfc, 0xfd, 0xfe, 0xff, 0]],
    [{ type: 'acknowledged', boot: 1, seq: -1 }, [0x83, 1, 0, 0, 0, 0, 0, 1]],
    [{ type: 'rejected', flight: 0x1ff, device: 'drop' }, [0x84, 0xff, 0, 0xff, 0xff]],
    [{ type: 'rejected', flight: 3, device: 'later', retryAfterMs: 300 }, [0x84, 3, 1, 0x2c, 0x01]],
    [{ type: 'rejected', flight: 3, device: 'later', retryAfterMs: 1e6 }, [0x84, 3, 1, 0xfe, 0xff]],
    [{ type: 'timeSync', epochMs: 0x0102030405ff }, [0x85, 0xff, 5, 4, 3, 2, 1]],
    [{ type: 'rate', slotMs: 1000 }, [0x86, 0xe8, 3]],
    [{ type: 'mode', mode: 'features' }, [0x87, 0]],
    [{ type: 'mode', mode: 'raw' }, [0x87, 1]],
    [{ type: 'identify' }, [0x88]],
    [{ type: 'updateOffer', firmware: 0x1001, hash: 0xdeadbeef }, [0x89, 1, 0x10, 0xef, 0xbe, 0xad, 0xde]],
    [{ type: 'button' }, [0x8a]],
    [{ type: 'nextSeq', seq: 0xfffffffe }, [0x8e, 0xfe, 0xff, 0xff, 0xff]],
    [{ type: 'hang' }, [0x8f]],
  ])('is %o', (message, body) => {
    const decoded = cobsDecode(encodeDown(message).subarray(0, -1))!;
    expect([...decoded.subarray(0, -2)]).toEqual(body);
  });

  it('has the CRC of type and body behind them, low byte first', () => {
    const digits = [...'123456789'].map((digit) => digit.charCodeAt(0));
    expect([...cobsDecode(sealMessage(digits).subarray(0, -1))!.subarray(-2)]).toEqual([0xb1, 0x29]);
  });
});

describe('the reader of what the chip says', () => {
  it('puts bytes together into frames and logs', () => {
    expect(readAll(bytes(...sealMessage([1, 9, 1, 0, 2]), ...sealMessage([2, 4, 0x34, 0x12])))).toEqual([
      { type: 'frame', flight: 9, bytes: bytes(1, 0, 2) },
      { type: 'log', code: 4, value: 0x1234 },
    ]);
  });

  it.each([
    [
      'one damaged bit',
      () => sealMessage([2, 4, 1, 1]).map((value, i) => (i === 2 ? value ^ 1 : value)),
      'wrong CRC',
    ],
    ['bytes that are not COBS', () => bytes(9, 1, 0), 'not COBS'],
    ['too few bytes', () => bytes(1, 0), 'too short'],
    ['an unknown type', () => sealMessage([3, 1]), 'type 3 is unknown'],
    ['a log of wrong length', () => sealMessage([2, 1]), 'a log of wrong length'],
    ['a frame without bytes', () => sealMessage([1]), 'a frame without bytes'],
  ])('says what is wrong with %s, and goes on', (_, line, says) => {
    const read = readAll(bytes(...line(), 0, ...sealMessage([2, 4, 0, 0])));
    expect(read).toMatchObject([{ type: 'damaged', says }, { type: 'log' }]);
  });

  it('does not grow with a message that never ends', () => {
    expect(readAll(bytes(...new Uint8Array(5000).fill(7), 0))).toMatchObject([{ type: 'damaged' }]);
  });
});
