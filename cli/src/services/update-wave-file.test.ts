import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

  /** Reads a plan that names this image, and no hash unless one is given. */
  function readWith(image: string, hash?: string) {
    return read(JSON.stringify({ from: '1.0.0', to: { firmware: '1.1.0', hash }, image }));
  }
  const IMAGE = fileURLToPath(import.meta.resolve('@gaitway/firmware/wearable-next-test.hex'));

  it('brings the flash bytes of the image that it names, from its own folder on', () => {
    const hex = readFileSync(IMAGE, 'utf8');
    writeFileSync(join(folder, 'next.hex'), hex);
    const { image, to } = readWith('next.hex');
    // The first line of data: ':10', address 0000, type 00, 16 bytes.
    expect(Buffer.from(image!.subarray(0, 16)).toString('hex')).toBe(hex.slice(9, 41).toLowerCase());
    expect(readWith('next.hex', to.hash.toString(16).padStart(8, '0')).to).toEqual(to);
    writeFileSync(join(folder, 'cut.hex'), ':04000000010203FFF7\n');
    expect(() => readWith('cut.hex')).toThrow(/image: .*cut\.hex: has no end record/);
    expect(() => readWith('no.hex')).toThrow(/wave\.json: image: .*no\.hex/);
  });

  it('takes the hash of the image where none is written', () => {
    const { to, image } = readWith(IMAGE);
    expect(isImageOf(image!, to.hash, (some) => createHash('sha256').update(some).digest())).toBe(true);
  });

  it('says that the image is of another version than the wave, before anybody is offered it', () => {
    const plan = { from: '1.0.0', to: { firmware: '1.2.0' }, image: IMAGE };
    expect(() => read(JSON.stringify(plan))).toThrow(
      /wave\.json: to\.firmware: "1\.2\.0" is not the version of .*wearable-next-test\.hex, which says 1\.1\.0/,
    );
  });

  it('says which image is damaged, has another hash, or is of another chip', () => {
    const lines = readFileSync(IMAGE, 'utf8').split('\n');
    // Its checksum is a sum: it does not tell that two bytes changed places.
    const [bytes, swapped] = [lines[500]!, lines[500]!.replace(/^(.{9})(..)(..)/, '$1$3$2')];
    expect(swapped).not.toBe(bytes);
    writeFileSync(join(folder, 'damaged.hex'), lines.with(500, swapped).join('\n'));
    expect(() => readWith('damaged.hex')).toThrow(/image: .*damaged\.hex does not hold its own hash/);
    expect(() => readWith(IMAGE, '00000001')).toThrow(
      /to\.hash: .*wearable-next-test\.hex does not have the hash 00000001/,
    );
    writeFileSync(join(folder, 'other.hex'), ':04000000010203FFF7\n:00000001FF\n');
    expect(() => readWith('other.hex', '0badcafe')).toThrow(
      /image: .*other\.hex has a table of 0 interrupt vectors/,
    );
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
