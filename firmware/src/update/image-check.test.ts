import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../board/intel-hex.ts';
import { builtAs, image } from '../board/wearable.fixture.ts';
import { isImageOf } from './image-check.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

describe('the check of an image', () => {
  it('knows each committed program by the hash that its boot frame tells, and no other', () => {
    for (const name of ['wearable', 'wearable-test', 'wearable-next-test'] as const) {
      const { imageHash } = builtAs(image(name));
      expect(isImageOf(bytesOf(image(name)), imageHash, sha256)).toBe(true);
      expect(isImageOf(bytesOf(image(name)), imageHash + 1, sha256)).toBe(false);
    }
  });

  it('finds a changed bit, a lost byte, and nothing', () => {
    const program = image('wearable');
    const { imageHash } = builtAs(program);
    for (const at of [0, 1234, program.bytes - 1]) {
      const damaged = bytesOf(program);
      damaged[at]! ^= 0x10;
      expect(isImageOf(damaged, imageHash, sha256)).toBe(false);
    }
    expect(isImageOf(bytesOf(program).subarray(0, -2), imageHash, sha256)).toBe(false);
    expect(isImageOf(new Uint8Array(0), imageHash, sha256)).toBe(false);
  });

  it('does not hash an image for ever that is full of its number', () => {
    let hashes = 0;
    const counted = (bytes: Uint8Array): Uint8Array => {
      hashes += 1;
      return sha256(bytes);
    };
    expect(isImageOf(new Uint8Array(32_768).fill(7), 0x07070707, counted)).toBe(false);
    expect(hashes).toBe(8);
  });
});
