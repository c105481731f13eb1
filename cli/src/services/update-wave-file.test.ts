import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isImageOf } from '@gaitway/firmware';
import { WAVE_DEFAULT } from '@gaitway/reference-server/wave-plan';
import { afterAll, describe, expect, it } from 'vitest';
import { readUpdateWave } from './update-wave-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'gaitway-wave-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const file = join(folder, 'wave.json');
  writeFileSync(file, text);
  return readUpdateWave(file);
}

const GOOD = { from: '1.0.0', to: { firmware: '1.1.0', hash: '0badcafe' } };

describe('the file of an update wave', () => {
  it('gives the plan, with defaults for what it leaves out', () => {
    expect(read(JSON.stringify({ ...GOOD, groups: [0.2, 1] }))).toEqual({
      ...WAVE_DEFAULT,
      from: 0x1000,
      to: { firmware: 0x1040, hash: 0x0badcafe },
      groups: [0.2, 1],
    });
  });

  it('brings the flash bytes of the image that it names, from its own folder on', () => {
    writeFileSync(join(folder, 'next.hex'), ':04000000010203FFF7\n:00000001FF\n');
    expect(read(JSON.stringify({ ...GOOD, image: 'next.hex' })).image).toEqual(Uint8Array.of(1, 2, 3, 255));
    writeFileSync(join(folder, 'cut.hex'), ':04000000010203FFF7\n');
    expect(() => read(JSON.stringify({ ...GOOD, image: 'cut.hex' }))).toThrow(
      /image: .*cut\.hex: has no end record/,
    );
    expect(() => read(JSON.stringify({ ...GOOD, image: 'no.hex' }))).toThrow(/wave\.json: image: .*no\.hex/);
  });

  it('takes the hash of the image where none is written', () => {
    const image = fileURLToPath(import.meta.resolve('@gaitway/firmware/wearable-next-test.hex'));
    const { to, image: bytes } = read(JSON.stringify({ from: '1.0.0', to: { firmware: '1.1.0' }, image }));
    expect(isImageOf(bytes!, to.hash, (some) => createHash('sha256').update(some).digest())).toBe(true);
    writeFileSync(join(folder, 'none.hex'), ':04000000010203FFF7\n:00000001FF\n');
    const without = { from: '1.0.0', to: { firmware: '1.1.0' }, image: 'none.hex' };
    expect(() => read(JSON.stringify(without))).toThrow(/to\.hash: undefined/);
  });

  it.each([
    ['no JSON', '{', /wave\.json: it cannot be read as JSON/],
    ['no object', '[]', /it holds no object/],
    ['no version to go from', JSON.stringify({ to: GOOD.to }), /from: undefined is no version/],
    ['a version that does not fit', JSON.stringify({ ...GOOD, from: '16.0.0' }), /from: "16\.0\.0"/],
    ['no hash', JSON.stringify({ ...GOOD, to: { firmware: '1.1.0' } }), /to\.hash: undefined/],
    ['a field that is unknown', JSON.stringify({ ...GOOD, group: 1 }), /group: there is no such field/],
    ['a text for a number', JSON.stringify({ ...GOOD, groupMs: '5' }), /groupMs: "5"/],
    ['groups that shrink', JSON.stringify({ ...GOOD, groups: [1, 0.5] }), /groups: \[1,0\.5\] must grow/],
    ['the same version', JSON.stringify({ ...GOOD, from: '1.1.0' }), /to\.firmware: .* runs already/],
  ])('says what is wrong with %s', (_, text, says) => {
    expect(() => read(text)).toThrow(says);
  });

  it('says which file is not there', () => {
    expect(() => readUpdateWave(join(folder, 'nowhere.json'))).toThrow(/nowhere\.json: it cannot be read/);
  });
});
