import {
  decodeFrame,
  EventType,
  type Frame,
  FrameFlag,
  FrameKind,
  HEADER_BYTES,
  ResetCause,
  readBoot,
  readEvent,
  readRawChunk,
} from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { TickedDevice, type TickedDeviceSettings } from './ticked-device.ts';

const EPOCH_MS = 1_700_000_000_000;
const SECOND = 50;
const SAMPLE = [0, 0, 4096, 0, 0, 0];

interface Sent {
  tick: number;
  flight: number;
  frame: Frame;
  bytes: Uint8Array;
}

/** A device that was started, knows the time and has a link; and what it sends, each frame acknowledged at once. */
function deviceOf(over: Partial<TickedDeviceSettings> = {}, isAnswered = true) {
  const sent: Sent[] = [];
  let tick = -1;
  const settings: TickedDeviceSettings = {
    device: 7,
    boot: 0xffff,
    firmware: 0x1000,
    imageHash: 0xdeadbeef,
    placement: 1,
    accelRange: 2,
    gyroRange: 2,
    mode: 'features',
    slotMs: 5000,
    ...over,
  };
  const waiting: Frame[] = [];
  const device = new TickedDevice(settings, (flight, bytes) => {
    const frame = decodeFrame(bytes) as Frame;
    sent.push({ tick, flight, frame, bytes: bytes.slice() });
    waiting.push(frame);
  });
  const run = (ticks: number, sample: (tick: number) => number[] | undefined = () => SAMPLE): void => {
    for (let i = 0; i < ticks; i++) {
      tick += 1;
      device.tick(sample(tick));
      while (isAnswered && waiting.length > 0) {
        const { boot, seq } = waiting.shift()!;
        device.take({ type: 'acknowledged', boot, seq });
      }
    }
  };
  device.start(ResetCause.powerOn);
  return { device, sent, run };
}

function upAndSynced(over: Partial<TickedDeviceSettings> = {}, isAnswered = true) {
  const setup = deviceOf(over, isAnswered);
  setup.device.take({ type: 'timeSync', epochMs: EPOCH_MS });
  setup.device.take({ type: 'linkUp' });
  return setup;
}

describe('the device that is driven by ticks', () => {
  it('closes slots by ticks, and says which lost samples', () => {
    const { sent, run } = upAndSynced();
    run(3 * 250, (tick) => (tick >= 250 && tick < 500 && tick % 2 === 0 ? undefined : SAMPLE));
    const slots = sent.filter(({ frame }) => frame.kind === FrameKind.features);
    expect(slots.map(({ tick, frame }) => [tick, frame.startMs - EPOCH_MS, frame.flags])).toEqual([
      [249, 0, 0],
      [499, 5000, FrameFlag.gap],
      [749, 10_000, 0],
    ]);
    expect(slots.map(({ bytes }) => bytes[HEADER_BYTES])).toEqual([250, 125, 250]);
  });

  it('makes a frame of zeros of a slot without any sample', () => {
    const { sent, run } = upAndSynced({ slotMs: 1000 });
    run(SECOND, () => undefined);
    expect(sent[1]!.frame.flags).toBe(FrameFlag.gap);
    expect(new Set(sent[1]!.bytes.subarray(HEADER_BYTES, HEADER_BYTES + 72))).toEqual(new Set([0]));
  });

  it('counts the first 255 samples of a longer slot, and tells its whole length', () => {
    const { sent, run } = upAndSynced({ slotMs: 7000 });
    run(350, (tick) => (tick < 255 ? SAMPLE : [32_767, 0, 0, 0, 0, 0]));
    expect(sent[1]!.frame).toMatchObject({ slotMs: 7000, flags: 0 });
    expect(sent[1]!.bytes[HEADER_BYTES]).toBe(255);
  });

  it('marks a value at either end of its range', () => {
    for (const value of [32_767, -32_768]) {
      const { sent, run } = upAndSynced({ slotMs: 1000 });
      run(100, (tick) => [0, 0, 0, 0, 0, tick === 60 ? value : 0]);
      expect(sent.slice(1).map(({ frame }) => frame.flags)).toEqual([0, FrameFlag.saturated]);
    }
  });

  it('changes its rate at the next slot, in whole ticks, and ignores less than one', () => {
    const { device, sent, run } = upAndSynced({ slotMs: 1000 });
    run(10);
    device.take({ type: 'rate', slotMs: 519 });
    device.take({ type: 'rate', slotMs: 19 });
    run(100);
    expect(sent.slice(1).map(({ frame }) => frame.slotMs)).toEqual([1000, 500, 500]);
  });

  it('sends raw readings of ten chunks, and leaves none in its middle', () => {
    const { device, sent, run } = upAndSynced({ mode: 'raw' });
    run(30);
    device.take({ type: 'mode', mode: 'features' });
    run(470, (tick) => [tick, 0, 0, 0, 0, -tick]);
    const chunks = sent.filter(({ frame }) => frame.kind === FrameKind.rawChunk);
    expect(chunks.map(({ bytes }) => readRawChunk(bytes, HEADER_BYTES).chunkIndex)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    expect(chunks[2]!.frame).toMatchObject({ slotMs: 5000, startMs: EPOCH_MS + 1000 });
    expect([...readRawChunk(chunks[2]!.bytes, HEADER_BYTES).samples.subarray(0, 6)]).toEqual([
      50, 0, 0, 0, 0, -50,
    ]);
    expect(sent.at(-1)!.frame).toMatchObject({ kind: FrameKind.features, startMs: EPOCH_MS + 5000 });
  });

  it('sends a pressed button at once', () => {
    const { device, sent, run } = upAndSynced();
    run(7);
    device.take({ type: 'button' });
    const { frame, bytes } = sent[1]!;
    expect(frame).toMatchObject({ kind: FrameKind.event, startMs: EPOCH_MS + 140, slotMs: 0 });
    expect(readEvent(bytes, HEADER_BYTES)).toMatchObject({
      type: EventType.button,
      tiltCosine: 16_384,
      peak: 0,
    });
  });

  it('tells true starts of what it made before it knew the time, also over a watchdog reset', () => {
    const { device, sent, run } = deviceOf({ slotMs: 1000 });
    run(SECOND);
    device.take({ type: 'hang' });
    device.take({ type: 'button' });
    run(SECOND);
    device.start(ResetCause.watchdog);
    run(SECOND);
    device.take({ type: 'linkUp' });
    expect(sent).toEqual([]);
    // One second of ticks, two of the watchdog, one of ticks again.
    device.take({ type: 'timeSync', epochMs: EPOCH_MS + 4000 });
    run(1);
    const names = sent.map(({ frame }) => `${frame.boot}:${frame.seq} ${frame.startMs - EPOCH_MS}`);
    expect(names).toEqual(['0:0 0', '0:1 0', '1:0 3000', '1:1 3000']);
    expect(sent.every(({ frame }) => (frame.flags & FrameFlag.clockNotSynced) === 0)).toBe(true);
  });

  it('loses its memory with the power, and nothing of it at another reset', () => {
    for (const cause of [ResetCause.powerOn, ResetCause.brownOut, ResetCause.external]) {
      const { device, sent, run } = upAndSynced({ slotMs: 1000 }, false);
      run(20 * SECOND);
      const before = sent.length;
      device.start(cause);
      run(1);
      const isPowerOn = cause === ResetCause.powerOn;
      expect(sent.length > before).toBe(!isPowerOn);
      device.take({ type: 'timeSync', epochMs: EPOCH_MS });
      device.take({ type: 'linkUp' });
      expect(sent.at(-1)!.frame.boot).toBe(isPowerOn ? 1 : 0);
      if (isPowerOn) {
        expect(sent.at(-1)!.flight).toBe(1);
        const report = readBoot(sent.at(-1)!.bytes, HEADER_BYTES);
        expect(report).toEqual({ resetCause: 1, ringFrames: 12, imageHash: 0xdeadbeef, droppedFrames: 0 });
      }
      expect(device.twin.heldFrames).toBe(isPowerOn ? 1 : 12);
    }
  });

  it('compares eight bits of the flight that a reject names', () => {
    const { device, sent } = upAndSynced({}, false);
    for (let i = 0; i < 300; i++) device.take({ type: 'linkUp' });
    const { flight } = sent.at(-1)!;
    expect(device.twin.flight).toBe(flight + 256);
    device.take({ type: 'rejected', flight: (flight - 1) & 0xff, device: 'drop' });
    expect(device.twin.heldFrames).toBe(1);
    device.take({ type: 'rejected', flight, device: 'drop' });
    expect(device.twin.heldFrames).toBe(0);
  });

  it('waits as long as a reject says, in whole ticks, at most what the line can say', () => {
    for (const [retryAfterMs, ticks] of [
      [310, 16],
      [320, 16],
      [0, 0],
      [undefined, 50],
      [1e6, 3277],
    ] as const) {
      const { device, sent, run } = upAndSynced({ slotMs: 65_000 }, false);
      run(3);
      const { flight } = sent.at(-1)!;
      const before = sent.length;
      device.take({ type: 'rejected', flight, device: 'later', retryAfterMs });
      run(Math.max(0, ticks - 1));
      expect(sent.length).toBe(ticks === 0 ? before + 1 : before);
      run(1);
      expect(sent.length).toBe(before + 1);
    }
  });
});
