import { encodeFrame, type FrameHeader, FrameKind, PAYLOAD_BYTES } from '@gaitway/contract';

/** A good features frame of device 7 for tests; `over` replaces header fields. */
export function frameOf(
  over: Partial<FrameHeader> & { oldestHeldSeq?: number; fill?: number } = {},
): Uint8Array {
  const { oldestHeldSeq, fill = 1, ...fields } = over;
  const header: FrameHeader = {
    kind: FrameKind.features,
    flags: 0,
    placement: 1,
    accelRange: 2,
    gyroRange: 2,
    device: 7,
    boot: 1,
    firmware: 0x1000,
    seq: 0,
    startMs: 0,
    batteryMv: 3700,
    slotMs: 5000,
    ...fields,
  };
  const payload = new Uint8Array(PAYLOAD_BYTES[header.kind]).fill(fill);
  return encodeFrame(header, payload, oldestHeldSeq ?? header.seq);
}
