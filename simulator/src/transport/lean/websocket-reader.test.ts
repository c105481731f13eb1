import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FrameShape, serverFrame } from '../testing/raw-server.ts';
import { type FrameSink, WebSocketReader } from './websocket-reader.ts';

/** What came out of a reader, one line per call. */
function record() {
  const seen: string[] = [];
  const sink: FrameSink = {
    message: (binary, bytes, start, end) =>
      seen.push(`${binary ? 'binary' : 'text'} ${bytes.toString('hex', start, end)}`),
    ping: (bytes, start, end) => seen.push(`ping ${bytes.toString('hex', start, end)}`),
    closing: (code) => seen.push(`closing ${code}`),
    broken: (why) => seen.push(`broken ${why}`),
  };
  return { seen, sink };
}

function readWhole(stream: Buffer, messageBytesMax = 200_000): string[] {
  const { seen, sink } = record();
  new WebSocketReader(sink, messageBytesMax).push(stream, 0, stream.length);
  return seen;
}

/** Feeds the pieces through one buffer that is overwritten after every read, as the shared one is. */
function readInPieces(stream: Buffer, sizes: readonly number[], messageBytesMax = 200_000): string[] {
  const { seen, sink } = record();
  const reader = new WebSocketReader(sink, messageBytesMax);
  const shared = Buffer.alloc(stream.length + 3);
  for (let at = 0, turn = 0; at < stream.length; turn += 1) {
    const size = Math.min(stream.length - at, sizes[turn % sizes.length]!);
    stream.copy(shared, 3, at, at + size);
    reader.push(shared, 3, 3 + size);
    shared.fill(0xaa);
    at += size;
  }
  return seen;
}

const payload = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(125, 126, 127, 300).map((length) => new Uint8Array(length).fill(length)),
  },
  { weight: 1, arbitrary: fc.constantFrom(65_535, 65_536).map((length) => new Uint8Array(length).fill(9)) },
);
const lengthBytes = fc.constantFrom<(0 | 2 | 8)[]>(0, 2, 8);
const control = fc.record({ ping: fc.boolean(), payload: fc.uint8Array({ maxLength: 125 }) });

interface Piece {
  bytes: Uint8Array;
  lengthBytes: 0 | 2 | 8;
  between: { ping: boolean; payload: Uint8Array }[];
}

/** A message of one or more fragments, with pings and pongs before each. */
const message = fc.record({
  binary: fc.boolean(),
  pieces: fc.array(
    fc.record<Piece>({ bytes: payload, lengthBytes, between: fc.array(control, { maxLength: 2 }) }),
    { minLength: 1, maxLength: 4 },
  ),
});

describe('WebSocketReader', () => {
  it('gives the same messages however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 6 }),
        fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 70_000 })), {
          minLength: 1,
          maxLength: 8,
        }),
        (messages, sizes) => {
          const frames: Buffer[] = [];
          const expected: string[] = [];
          for (const { binary, pieces } of messages) {
            for (const [index, piece] of pieces.entries()) {
              for (const { ping, payload } of piece.between) {
                frames.push(serverFrame(payload, { opcode: ping ? 9 : 10 }));
                if (ping) expected.push(`ping ${Buffer.from(payload).toString('hex')}`);
              }
              const shape: FrameShape = {
                opcode: index > 0 ? 0 : binary ? 2 : 1,
                final: index === pieces.length - 1,
                lengthBytes: piece.lengthBytes,
              };
              frames.push(serverFrame(piece.bytes, shape));
            }
            const whole = Buffer.concat(pieces.map(({ bytes }) => bytes));
            expected.push(`${binary ? 'binary' : 'text'} ${whole.toString('hex')}`);
          }
          const stream = Buffer.concat(frames);
          expect(readWhole(stream, 1_000_000)).toEqual(expected);
          expect(readInPieces(stream, sizes, 1_000_000)).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('survives any bytes, ends at the first fault, and finds the same one however they are cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        (bytes, sizes) => {
          const stream = Buffer.from(bytes);
          const whole = readWhole(stream, 300);
          expect(readInPieces(stream, sizes, 300)).toEqual(whole);
          const fault = whole.findIndex((line) => line.startsWith('broken'));
          if (fault >= 0) expect(fault).toBe(whole.length - 1);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['reserved bits', Buffer.from([0xc1, 0x00])],
    ['masked', Buffer.from([0x81, 0x80, 0, 0, 0, 0])],
    ['control frame', Buffer.from([0x09, 0x00])],
    ['control frame', Buffer.from([0x89, 126, 0, 126])],
    ['longer than 1000', serverFrame(new Uint8Array(1001))],
    ['longer than 1000', Buffer.from([0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])],
    ['inside another', Buffer.concat([serverFrame('a', { opcode: 1, final: false }), serverFrame('b')])],
    ['without a message', serverFrame('a', { opcode: 0 })],
    ['opcode 3', serverFrame('a', { opcode: 3 })],
    ['opcode 11', serverFrame('a', { opcode: 11 })],
  ])('says what is wrong with a stream: %s', (says, stream) => {
    const seen = readWhole(stream, 1000);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toContain('broken');
    expect(seen[0]).toContain(says);
  });

  it('adds up the fragments of one message before it compares with the limit', () => {
    const half = (opcode: number) => serverFrame(new Uint8Array(600), { opcode, final: false });
    expect(readWhole(Buffer.concat([half(2), half(0)]), 1000)).toEqual([
      'broken a message is longer than 1000 bytes',
    ]);
  });

  it('hands on nothing more once it is stopped from inside a message', () => {
    const { seen, sink } = record();
    const reader = new WebSocketReader(
      {
        ...sink,
        message: (...message) => {
          sink.message(...message);
          reader.stop();
        },
      },
      1000,
    );
    const stream = Buffer.concat([serverFrame('a'), serverFrame('b'), serverFrame('c').subarray(0, 2)]);
    reader.push(stream, 0, stream.length);
    reader.push(stream, 0, stream.length);
    expect(seen).toEqual(['text 61']);
  });
});
