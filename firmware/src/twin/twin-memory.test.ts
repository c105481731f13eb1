import { decodeFrame, FrameFlag, FrameKind, readRawChunk } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import type { HeldFrame } from './held-frame.ts';
import { slotAt, twinOf } from './twin.fixture.ts';

describe('the memory of the twin', () => {
  it('holds three raw chunks where it holds twelve features, and drops the oldest until a new frame has room', () => {
    const { twin, fates } = twinOf();
    const chunk = (chunkIndex: number): HeldFrame =>
      twin.rawChunk(1000, { chunkIndex, samples: Int16Array.of(1, -2, 3, -4, 5, -6) }, 0, 3700, 1000);
    for (let i = 0; i < 3; i++) slotAt(twin, 1000);
    for (let i = 0; i < 3; i++) chunk(i);
    // 1,224 bytes: 3 x 332 leave room for two frames of 102.
    expect(fates.names()).toEqual(['dropped 1:0']);
    slotAt(twin, 1000);
    expect(twin.held().map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6]);
    chunk(3);
    expect(twin.held().map(({ seq }) => seq)).toEqual([4, 5, 6, 7]);
    twin.answered({ boot: 1, seq: 7 }, 2000);
    for (let i = 0; i < 13; i++) slotAt(twin, 1000);
    expect(twin.heldFrames).toBe(12);
  });

  it('packs a raw chunk as the wire has it', () => {
    const { twin } = twinOf();
    const samples = Int16Array.of(1, -2, 3, -4, 5, -32768);
    const { bytes } = twin.rawChunk(1000, { chunkIndex: 9, samples }, FrameFlag.gap, 3700, 1000);
    twin.linkUp(0);
    expect(decodeFrame(twin.transmit(1000)!.bytes)).toMatchObject({
      kind: FrameKind.rawChunk,
      startMs: 1000,
      slotMs: 5000,
      flags: FrameFlag.gap | FrameFlag.backfill,
    });
    expect(readRawChunk(bytes, 28)).toEqual({ chunkIndex: 9, samples });
  });

  it('counts what it gave up in 16 bits, and forgets it with the power', () => {
    const { twin } = twinOf({ ringFrames: 1 });
    for (let i = 0; i < 65_540; i++) slotAt(twin, 1000);
    expect(twin.droppedFrames).toBe(65_535);
    twin.linkUp(1000);
    twin.transmit(1000);
    twin.reboot(1000, true);
    expect([twin.droppedFrames, twin.flight]).toEqual([65_535, 1]);
    twin.reboot(1000, false);
    expect([twin.droppedFrames, twin.flight]).toEqual([0, 0]);
  });
});
