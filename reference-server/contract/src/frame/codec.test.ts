import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootPayload, readBoot } from './boot.ts';
import {
  beginFrame,
  decodeFrame,
  encodeFrame,
  type FrameHeader,
  isReading,
  readFrame,
  sealFrame,
  stampFrame,
} from './codec.ts';
import { CRC16_START, crc16 } from './crc16.ts';
import { eventPayload, readEvent } from './event.ts';
import { FEATURE_FIELDS, readFeatures, writeFeatures } from './features.ts';
import { FRAME_BYTES_MAX, FrameKind, HEADER, HEADER_BYTES, PAYLOAD_BYTES, TRAILER_BYTES } from './layout.ts';
import { rawChunkPayload, readRawChunk } from './raw-chunk.ts';
import { FRAME_VECTORS, type FrameVector } from './vectors.ts';

const KINDS = Object.values(FrameKind);
const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g)!, (byte) => Number.parseInt(byte, 16));
const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Written bit by bit from the definition of CRC-16/IBM-3740, without the table. */
function slowCrc(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}

/** The frame as `docs/wire-format.md` says it, written with nothing of the codec. */
function writtenByHand({ header, content, oldestHeldSeq }: FrameVector): Uint8Array {
  const payloadLength = { 1: 72, 2: 302, 3: 12, 4: 8 }[header.kind];
  const bytes = new Uint8Array(28 + payloadLength + 6);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 1);
  view.setUint8(1, header.kind);
  view.setUint8(2, header.flags);
  view.setUint8(3, header.placement + 8 * header.accelRange + 32 * header.gyroRange);
  view.setUint32(4, header.device, true);
  view.setUint16(8, header.boot, true);
  view.setUint16(10, header.firmware, true);
  view.setUint32(12, header.seq, true);
  view.setBigUint64(16, BigInt(header.startMs), true);
  view.setUint16(22, header.batteryMv, true);
  view.setUint16(24, header.slotMs, true);
  view.setUint16(26, payloadLength, true);
  if ('event' in content) {
    const { type, peak, min, gyroPeak, tiltCosine, offsetMs } = content.event;
    view.setUint8(28, type);
    for (const [i, value] of [peak, min, gyroPeak].entries()) view.setUint16(30 + 2 * i, value, true);
    view.setInt16(36, tiltCosine, true);
    view.setUint16(38, offsetMs, true);
  } else if ('boot' in content) {
    const { resetCause, ringFrames, imageHash, droppedFrames } = content.boot;
    view.setUint8(28, resetCause);
    view.setUint8(29, ringFrames);
    view.setUint32(30, imageHash, true);
    view.setUint16(34, droppedFrames, true);
  } else if ('chunk' in content) {
    view.setUint8(28, content.chunk.chunkIndex);
    view.setUint8(29, content.chunk.sampleCount);
    for (const [i, value] of content.chunk.samples.entries()) view.setInt16(30 + 2 * i, value, true);
  } else {
    // Of 38 values the first two are bytes, then come six axes of four, six energies, two magnitudes, the tilt, and the heart's.
    let at = 28;
    content.features.forEach((value, i) => {
      const isByte = i < 2 || i === 35 || i === 36;
      const signed = (i < 26 && (i - 2) % 4 !== 1) || i === 34;
      if (isByte) view.setUint8(at, value);
      else if (signed) view.setInt16(at, value, true);
      else view.setUint16(at, value, true);
      at += isByte ? 1 : 2;
    });
  }
  view.setUint32(28 + payloadLength, oldestHeldSeq, true);
  view.setUint16(bytes.length - 2, slowCrc(bytes.subarray(0, bytes.length - 2)), true);
  return bytes;
}

/** The payload as the codec writes it. */
function payloadOf({ header, content }: FrameVector): Uint8Array {
  const payload = new Uint8Array(PAYLOAD_BYTES[header.kind]);
  if ('event' in content) return eventPayload(content.event);
  if ('boot' in content) return bootPayload(content.boot);
  if ('chunk' in content)
    return rawChunkPayload({ ...content.chunk, samples: Int16Array.from(content.chunk.samples) });
  writeFeatures(payload, 0, content.features);
  return payload;
}

describe.each(FRAME_VECTORS)('the golden vector "$name"', (vector) => {
  it('is what the document says', () => {
    expect(toHex(writtenByHand(vector))).toBe(vector.hex);
  });

  it('is what the encoder writes', () => {
    expect(toHex(encodeFrame(vector.header, payloadOf(vector), vector.oldestHeldSeq))).toBe(vector.hex);
  });

  it('is read back field by field', () => {
    const bytes = fromHex(vector.hex);
    const frame = decodeFrame(bytes);
    expect(frame).toEqual({
      ...vector.header,
      payloadAt: HEADER_BYTES,
      payloadLength: PAYLOAD_BYTES[vector.header.kind],
      oldestHeldSeq: vector.oldestHeldSeq,
    });
    const { content } = vector;
    if ('event' in content) expect(readEvent(bytes, HEADER_BYTES)).toEqual(content.event);
    if ('boot' in content) expect(readBoot(bytes, HEADER_BYTES)).toEqual(content.boot);
    if ('chunk' in content) {
      const { chunkIndex, samples } = content.chunk;
      expect(readRawChunk(bytes, HEADER_BYTES)).toEqual({ chunkIndex, samples: Int16Array.from(samples) });
    }
    if ('features' in content) {
      const values = new Int32Array(FEATURE_FIELDS.length);
      readFeatures(bytes, HEADER_BYTES, values);
      expect([...values]).toEqual(content.features);
    }
  });
});

it('the vectors cover every kind', () => {
  expect(new Set(FRAME_VECTORS.map(({ header }) => header.kind))).toEqual(new Set(KINDS));
});

const header: fc.Arbitrary<FrameHeader> = fc.record({
  kind: fc.constantFrom(...KINDS),
  flags: fc.nat(255),
  placement: fc.nat(7),
  accelRange: fc.nat(3),
  gyroRange: fc.nat(3),
  device: fc.nat(0xffffffff),
  boot: fc.nat(0xffff),
  firmware: fc.nat(0xffff),
  seq: fc.nat(0xffffffff),
  startMs: fc.nat(2 ** 48 - 1),
  batteryMv: fc.nat(0xffff),
  slotMs: fc.nat(0xffff),
});
const frame = fc
  .tuple(header, fc.nat(0xffffffff), fc.infiniteStream(fc.nat(255)))
  .map(([fields, oldestHeldSeq, stream]) => {
    const payload = Uint8Array.from({ length: PAYLOAD_BYTES[fields.kind] }, () => stream.next().value);
    return { fields, oldestHeldSeq, payload, bytes: encodeFrame(fields, payload, oldestHeldSeq) };
  });

describe('the codec', () => {
  it('reads what it wrote, whatever the fields', () => {
    fc.assert(
      fc.property(frame, ({ fields, oldestHeldSeq, payload, bytes }) => {
        expect(decodeFrame(bytes)).toMatchObject({ ...fields, oldestHeldSeq });
        expect(bytes.subarray(HEADER_BYTES, HEADER_BYTES + payload.length)).toEqual(payload);
      }),
    );
  });

  it('refuses every frame with one damaged byte', () => {
    fc.assert(
      fc.property(frame, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ bytes }, at, xor) => {
        bytes[at % bytes.length]! ^= xor;
        expect(decodeFrame(bytes)).toBeTypeOf('string');
      }),
    );
  });

  it('refuses every damaged bit of one frame', () => {
    const { hex } = FRAME_VECTORS[0]!;
    for (let bit = 0; bit < hex.length * 4; bit++) {
      const bytes = fromHex(hex);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(decodeFrame(bytes)).toBeTypeOf('string');
    }
  });

  it('refuses every truncation and every frame with something behind it', () => {
    fc.assert(
      fc.property(frame, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 40 }), ({ bytes }, cut, more) => {
        expect(decodeFrame(bytes.subarray(0, cut % bytes.length))).toBe('truncated');
        expect(decodeFrame(Uint8Array.of(...bytes, ...more))).toBe('too_long');
      }),
    );
  });

  it('reads no start before 1970, whatever the bytes', () => {
    const bytes = fromHex(FRAME_VECTORS[0]!.hex);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (start) => {
        bytes.set(start, HEADER.startMs);
        expect(readFrame(bytes).startMs).toBe(
          Number(start.reduceRight((sum, byte) => 256n * sum + BigInt(byte), 0n)),
        );
      }),
    );
    bytes.fill(0xff, HEADER.startMs, HEADER.startMs + 6);
    expect(readFrame(bytes).startMs).toBe(2 ** 48 - 1);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(decodeFrame(bytes)).toBeTypeOf('string');
      }),
    );
    // Bytes that come nearer: right version, kind and length.
    fc.assert(
      fc.property(frame, fc.nat(0xffff), ({ bytes }, crc) => {
        const right = bytes[bytes.length - 2]! | (bytes[bytes.length - 1]! << 8);
        bytes[bytes.length - 2] = crc & 0xff;
        bytes[bytes.length - 1] = crc >> 8;
        expect(typeof decodeFrame(bytes) === 'string').toBe(crc !== right);
      }),
    );
    expect(decodeFrame(new Uint8Array(1_000_000))).toBe('too_long');
  });

  it('names the fault', () => {
    const good = (): Uint8Array => fromHex(FRAME_VECTORS[0]!.hex);
    const with_ = (at: number, value: number): Uint8Array => {
      const bytes = good();
      bytes[at] = value;
      return bytes;
    };
    expect(decodeFrame(new Uint8Array(0))).toBe('truncated');
    expect(decodeFrame(new Uint8Array(FRAME_BYTES_MAX + 1))).toBe('too_long');
    expect(decodeFrame(with_(0, 2))).toBe('bad_version');
    expect(decodeFrame(with_(1, 9))).toBe('bad_kind');
    expect(decodeFrame(with_(26, 71))).toBe('bad_length');
    expect(decodeFrame(with_(30, 0x55))).toBe('bad_crc');
  });

  it('changes nothing but the trailer when a frame is stamped again', () => {
    fc.assert(
      fc.property(frame, fc.nat(0xffffffff), ({ fields, payload, bytes }, oldestHeldSeq) => {
        const before = bytes.slice();
        stampFrame(bytes, sealFrame(bytes), oldestHeldSeq);
        expect(bytes).toEqual(encodeFrame(fields, payload, oldestHeldSeq));
        const fixed = bytes.length - TRAILER_BYTES;
        expect(bytes.subarray(0, fixed)).toEqual(before.subarray(0, fixed));
      }),
    );
  });

  it('refuses to encode a payload of another length', () => {
    expect(() => encodeFrame(FRAME_VECTORS[0]!.header, new Uint8Array(71), 0)).toThrow('is 72 bytes, not 71');
  });

  it('cuts features to the range of their fields', () => {
    const bytes = beginFrame(FRAME_VECTORS[0]!.header);
    const values = new Int32Array(FEATURE_FIELDS.length);
    writeFeatures(
      bytes,
      HEADER_BYTES,
      values.map((_, i) => (i % 2 === 0 ? 1e6 : -1e6)),
    );
    readFeatures(bytes, HEADER_BYTES, values);
    expect([...values.subarray(0, 6)]).toEqual([255, 0, 32767, 0, 32767, -32768]);
  });

  it('counts features and raw chunks as readings, events and boot reports not', () => {
    expect(KINDS.map(isReading)).toEqual([true, true, false, false]);
  });
});

describe('the CRC', () => {
  it('gives the check value of CRC-16/IBM-3740', () => {
    const digits = Uint8Array.from('123456789', (digit) => digit.charCodeAt(0));
    expect(crc16(digits, 0, 9)).toBe(0x29b1);
  });

  it('is that of the definition, and can be continued at any byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(), (bytes, at) => {
        const cut = at % (bytes.length + 1);
        const kept = crc16(bytes, 0, cut, CRC16_START);
        expect(crc16(bytes, cut, bytes.length, kept)).toBe(slowCrc(bytes));
      }),
    );
  });
});
