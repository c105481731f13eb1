import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firmwareText } from '@gaitway/contract';
import { parseIntelHex } from '@gaitway/firmware/board';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readFirmware, tryFirmware } from './firmware-image.ts';
import { hexOf, LOOP } from './small-programs.fixture.ts';
import { wearableFile } from './wearable-file.ts';

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-firmware-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'other.hex');
  writeFileSync(file, text);
  return file;
}

describe('the firmware that a command is given', () => {
  it('is the one of this version, by default, and tells what it is', () => {
    const image = readFirmware();
    expect(image.file).toBe(wearableFile());
    expect(image.sha256).toMatch(/^[0-9a-f]{64}$/);
    const { firmware, imageHash } = tryFirmware(image);
    expect(firmwareText(firmware)).toMatch(/^\d+\.\d+\.\d+$/);
    expect(imageHash).toBeGreaterThan(0);
  });

  it('is refused where it cannot be read, is damaged, or is for another chip', () => {
    expect(() => readFirmware('/nowhere/at.hex')).toThrow('/nowhere/at.hex cannot be read');
    const damaged = fileWith(':0400000001020304F3\n:00000001FF\n');
    expect(() => readFirmware(damaged)).toThrow(`${damaged}:1: checksum F3 should be F2`);
    const other = fileWith(':0400000001020304F2\n:00000001FF\n');
    expect(() => readFirmware(other)).toThrow(
      'has a table of 0 interrupt vectors, and the ATmega328P has 26',
    );
  });

  it('is refused when its bytes are not those that it was built with, though each line is sound', () => {
    const lines = readFileSync(wearableFile(), 'utf8').split('\n');
    // Its checksum is a sum: it does not tell that two bytes changed places.
    const swapped = lines[500]!.replace(/^(.{9})(..)(..)/, '$1$3$2');
    const file = fileWith(lines.with(500, swapped).join('\n'));
    expect(() => tryFirmware(readFirmware(file))).toThrow(
      `${file} does not have the hash that its boot frame tells`,
    );
  });

  it('is refused when it hangs from its start', () => {
    const program = parseIntelHex(hexOf(LOOP));
    expect(() => tryFirmware({ program, file: 'loop.hex' })).toThrow(
      'the firmware hangs: it has not ticked once',
    );
  });
});
