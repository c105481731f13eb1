import {
  FEATURE_FIELDS,
  type FrameKind,
  HEADER_BYTES,
  isReading,
  ResetCause,
  readFeatures,
} from '@gaitway/contract';
import { PulseMeter, TickedDevice } from '@gaitway/firmware';
import { describe, expect, it } from 'vitest';
import { synthesisePulses } from './heart.ts';

const TAKES = 40;

/** The features of each slot that a device sends whose hub finds these beats, slot by slot. */
function toldOf(slots: readonly Uint16Array[]): Int32Array[] {
  const told: Int32Array[] = [];
  const ticks = slots[0]!.length;
  const device: TickedDevice = new TickedDevice(
    {
      ...{
        device: 1,
        boot: 0xffff,
        firmware: 0x1000,
        imageHash: 0,
        placement: 1,
        accelRange: 2,
        gyroRange: 2,
      },
      ...{ mode: 'features', slotMs: ticks * 20, hasHub: true },
    },
    (_, bytes) => {
      if (isReading(bytes[1] as FrameKind)) {
        const values = new Int32Array(FEATURE_FIELDS.length);
        readFeatures(bytes, HEADER_BYTES, values);
        told.push(values);
      }
      const [boot, seq] = [bytes[8]! | (bytes[9]! << 8), bytes[12]!];
      device.take({ type: 'acknowledged', boot, seq });
    },
  );
  device.start(ResetCause.powerOn);
  device.take({ type: 'linkUp' });
  device.take({ type: 'timeSync', epochMs: 1_700_000_000_000 });
  for (const slot of slots) for (const interval of slot) device.tick(new Int16Array(6), interval);
  return told;
}

describe('the beats of a synthetic patient', () => {
  // 333 ticks: of such a slot 255 samples count, and all beats do.
  it.each([50, 125, 250, 333])(
    'are told by the device in the very slot that they are of, %i ticks long',
    (ticks) => {
      const slots = Array.from({ length: TAKES }, (_, take) =>
        synthesisePulses(take, 7, 55 + take, take % 2 === 0 ? 'rest' : 'walking', ticks),
      );
      const told = toldOf(slots);
      expect(told).toHaveLength(TAKES);
      const meter = new PulseMeter();
      const expected = new Int32Array(FEATURE_FIELDS.length);
      for (const [i, slot] of slots.entries()) {
        expected.set(told[i]!);
        meter.begin();
        for (const interval of slot) if (interval > 0) meter.add(interval);
        meter.end(expected);
        expect([i, ...told[i]!]).toEqual([i, ...expected]);
      }
      expect(slots.every((slot) => slot.some((interval) => interval > 0)) || ticks < 100).toBe(true);
    },
  );

  it('follow each other as their intervals say, but for the first and last ticks of a slot', () => {
    let beats = 0;
    for (let take = 0; take < TAKES; take++) {
      const pulses = synthesisePulses(take, 3, 70, 'rest', 250);
      const found = [...pulses].flatMap((interval, tick) => (interval > 0 ? [{ tick, interval }] : []));
      for (let i = 2; i < found.length - 1; i++)
        expect(Math.abs(found[i]!.tick - found[i - 1]!.tick - found[i]!.interval / 200)).toBeLessThanOrEqual(
          1,
        );
      beats += found.length;
    }
    // 70 beats a minute, for 5 s each.
    expect(beats / TAKES).toBeGreaterThan(5.5);
    expect(beats / TAKES).toBeLessThan(6.2);
  });
});
