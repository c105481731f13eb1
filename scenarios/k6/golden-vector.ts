/**
 * Holds k6 to the wire: imports the contract's sources as they are, encodes golden vectors and compares the
 * bytes. It runs offline and sends nothing:
 *
 *   k6 run --no-usage-report scenarios/k6/golden-vector.ts
 *
 * It exits 99 when a byte differs, and also when nothing was compared: k6 calls a threshold without samples
 * passed, so the number of comparisons has a threshold of its own.
 */
import { check } from 'k6';
import { Counter } from 'k6/metrics';
import * as contract from '../../reference-server/contract/src/index.ts';

/** Check value of CRC-16/IBM-3740 over the digits 1 to 9, from the catalogue of parametrised CRC algorithms. */
const CRC_CHECK_VALUE = 0x29b1;

/** An event frame by hand, field by field from the layout table, without its checksum. */
const BY_HAND = [
  '01', // version 1
  '03', // kind: event
  '08', // flags: off the wrist
  '39', // wrist, 16 g (3 << 3), 500 deg/s (1 << 5)
  '07000000', // device 7
  '0200', // boot 2
  '4310', // firmware 1.1.3
  '78563412', // seq 0x12345678
  '0068e5cf8b01', // start 1,700,000,000,000 ms
  '740e', // 3700 mV
  '0000', // no slot
  '0c00', // payload of 12 bytes
  '000102030405060708090a0b', // payload
  '70563412', // oldest held seq 0x12345670
].join('');

/** How many comparisons there are: an error half way must not pass for the rest. */
const COMPARISONS = 4 + contract.FRAME_VECTORS.length;

const compared = new Counter('vectors_compared');

export const options = {
  iterations: 1,
  thresholds: { checks: ['rate==1'], vectors_compared: [`count==${COMPARISONS}`] },
};

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function compare(name: string, found: string, wanted: string): void {
  compared.add(1);
  if (!check(found, { [name]: (text) => text === wanted }))
    console.error(`${name}: ${found}, wanted ${wanted}`);
}

function payloadOf({ header, content }: contract.FrameVector): Uint8Array {
  if ('event' in content) return contract.eventPayload(content.event);
  if ('boot' in content) return contract.bootPayload(content.boot);
  const payload = new Uint8Array(contract.PAYLOAD_BYTES[header.kind]);
  if ('features' in content) contract.writeFeatures(payload, 0, content.features);
  else {
    const { chunkIndex, sampleCount, samples } = content.chunk;
    payload[0] = chunkIndex;
    payload[1] = sampleCount;
    const view = new DataView(payload.buffer);
    samples.forEach((value, at) => {
      view.setInt16(2 + 2 * at, value, true);
    });
  }
  return payload;
}

export default function (): void {
  const digits = Uint8Array.from({ length: 9 }, (_, at) => '1'.charCodeAt(0) + at);
  compare('the CRC has its check value', String(contract.crc16(digits, 0, 9)), String(CRC_CHECK_VALUE));

  const frame = contract.encodeFrame(
    {
      kind: contract.FrameKind.event,
      flags: contract.FrameFlag.offWrist,
      placement: contract.Placement.wrist,
      accelRange: 3,
      gyroRange: 1,
      device: 7,
      boot: 2,
      firmware: 0x1043,
      seq: 0x12345678,
      startMs: 1_700_000_000_000,
      batteryMv: 3700,
      slotMs: 0,
    },
    Uint8Array.from({ length: 12 }, (_, at) => at),
    0x12345670,
  );
  compare('an event frame is what the layout says', hexOf(frame.subarray(0, frame.length - 2)), BY_HAND);
  const crc = contract.crc16(frame, 0, frame.length - 2);
  compare(
    'its checksum is little-endian',
    hexOf(frame.subarray(frame.length - 2)),
    hexOf(Uint8Array.of(crc & 255, crc >> 8)),
  );

  for (const vector of contract.FRAME_VECTORS) {
    const bytes = contract.encodeFrame(vector.header, payloadOf(vector), vector.oldestHeldSeq);
    compare(`vector ${vector.name}`, hexOf(bytes), vector.hex);
  }

  // The rest of the contract works here too: thresholds are read, and a wrong one is explained.
  const parsed = contract.parseSlo('ack_latency: p(95)<200');
  compare('an SLO is read', parsed.ok ? contract.sloText(parsed.slo) : 'not read', 'ack_latency: p(95)<200');
}
