import { createHash } from 'node:crypto';
import { uniform } from '@gaitway/contract';
import type { AskedWave } from '@gaitway/reference-server';
import { WAVE_DEFAULT } from '@gaitway/reference-server/wave-plan';

const HASH_AT = 700;
const STREAM = 0x696d;

/** A wave to an image as the build makes one: bytes, and in them the beginning of their SHA-256, taken with 0 in its place. */
export function waveTo(firmware: number, over: Partial<AskedWave> = {}): AskedWave {
  const image = Uint8Array.from(
    { length: 6000 },
    (_, at) => 1 + Math.floor(255 * uniform(firmware, STREAM, at)),
  );
  image.fill(0, HASH_AT, HASH_AT + 4);
  const hash = createHash('sha256').update(image).digest().readUInt32BE();
  new DataView(image.buffer).setUint32(HASH_AT, hash, true);
  return {
    ...WAVE_DEFAULT,
    from: 0x1000,
    to: { firmware, hash },
    image,
    groupMs: 20_000,
    answerMs: 120_000,
    ...over,
  };
}
