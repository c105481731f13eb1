import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EXIT_CODE, parseFirmware } from '@gaitway/contract';
import { hashOfImage } from '@gaitway/firmware';
import { parseIntelHex } from '@gaitway/firmware/board';
import { type AskedWave, faultsOf, WAVE_DEFAULT, type WavePlan } from '@gaitway/reference-server/wave-plan';
import { Fault } from '../fault.ts';

const NEXT =
  'Write { "from": "1.0.0", "to": { "firmware": "1.1.0", "hash": "0badcafe" } }; docs/firmware-link.md has the other fields.';

function wrong(file: string, says: string): Fault {
  return new Fault('bad_update_wave', `${file}: ${says}`, NEXT, EXIT_CODE.badInput);
}

function firmwareOf(file: string, field: string, text: unknown): number {
  const firmware = parseFirmware(String(text));
  if (firmware !== undefined) return firmware;
  throw wrong(file, `${field}: ${JSON.stringify(text)} is no version from 0.0.0 to 15.63.63`);
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** The flash bytes of a program in Intel HEX, up to the last one that its file gives. */
function imageOf(file: string, image: unknown): Uint8Array {
  if (typeof image !== 'string') throw wrong(file, `image: ${JSON.stringify(image)} is no name of a file`);
  const path = resolve(dirname(file), image);
  try {
    const { words, bytes } = parseIntelHex(readFileSync(path, 'utf8'), path);
    return new Uint8Array(words.buffer, words.byteOffset, bytes).slice();
  } catch (error) {
    throw wrong(file, `image: ${(error as Error).message}`);
  }
}

/**
 * The plan of an update wave in a JSON file, with the image that it names, from the file's folder on. Throws a `Fault` that names
 * the file and the field.
 */
export function readUpdateWave(file: string): AskedWave {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw wrong(file, `it cannot be read as JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(file, 'it holds no object');
  const { from, to, image, ...numbers } = value as Record<string, unknown>;
  const { firmware, hash } = (to ?? {}) as Record<string, unknown>;
  const bytes = image === undefined ? undefined : imageOf(file, image);
  // An image knows its hash.
  const own = hash === undefined && bytes ? hashOfImage(bytes, sha256) : undefined;
  if (own === undefined && !/^[0-9a-f]{8}$/.test(String(hash)))
    throw wrong(file, `to.hash: ${JSON.stringify(hash)} is not 8 hexadecimal digits, small letters`);
  for (const [field, own] of Object.entries(numbers)) {
    if (!(field in WAVE_DEFAULT)) throw wrong(file, `${field}: there is no such field`);
    const isNumbers =
      field === 'groups' ? Array.isArray(own) && own.every(Number.isFinite) : Number.isFinite(own);
    if (!isNumbers) throw wrong(file, `${field}: ${JSON.stringify(own)} is not what it must be`);
  }
  const plan: WavePlan = {
    ...WAVE_DEFAULT,
    ...(numbers as Partial<typeof WAVE_DEFAULT>),
    from: firmwareOf(file, 'from', from),
    to: {
      firmware: firmwareOf(file, 'to.firmware', firmware),
      hash: own ?? Number.parseInt(String(hash), 16),
    },
  };
  const faults = faultsOf(plan);
  if (faults.length > 0) throw wrong(file, faults.join('; '));
  return bytes === undefined ? plan : { ...plan, image: bytes };
}
