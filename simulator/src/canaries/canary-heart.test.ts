import {
  FEATURE_FIELDS,
  FrameKind,
  featureIndex,
  HEADER,
  HEADER_BYTES,
  readFeatures,
} from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { slotStartMs } from '../fleet/schedule.ts';
import { playLoad } from './canary.fixture.ts';

describe('a canary whose patient has an optical sensor', () => {
  it('tells of each slot what the pool of the fleet has for it, the heart included', async () => {
    const { server, schedule, readings } = await playLoad({ devices: 7, measureMs: 15_000 });
    const told = new Int32Array(FEATURE_FIELDS.length);
    const rates: number[] = [];
    for (const bytes of server.kept.values()) {
      if (bytes[HEADER.kind] !== FrameKind.features) continue;
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      const index = view.getUint32(HEADER.device, true) - 1;
      const startMs =
        view.getUint32(HEADER.startMs, true) + view.getUint16(HEADER.startMs + 4, true) * 2 ** 32;
      const slot = Math.round((startMs - slotStartMs(schedule, index, 0)) / schedule.slotMs);
      readFeatures(bytes, HEADER_BYTES, told);
      expect([index, slot, ...told]).toEqual([index, slot, ...Array.from(readings.valuesOf(index, slot))]);
      if (readings.hasOpticalSensor(index)) rates.push(told[featureIndex('heartRateBpm')]!);
    }
    expect(rates.length).toBeGreaterThanOrEqual(3);
    expect(Math.min(...rates)).toBeGreaterThan(45);
  });
});
