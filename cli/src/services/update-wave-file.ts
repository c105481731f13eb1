import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EXIT_CODE, firmwareText, parseFirmware } from '@gaitway/contract';
import { hashOfImage, isImageOf } from '@gaitway/firmware';
import { bytesOf, foreignVectors, type Program, parseIntelHex } from '@gaitway/firmware/board';
import { type AskedWave, faultsOf, WAVE_DEFAULT, type WavePlan } from '@gaitway/reference-server/wave-plan';
import { tryFirmware } from '@gaitway/simulator/firmware-image';
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

interface Image {
  path: string;
  program: Program;
  bytes: Uint8Array;
}

/** The flash bytes of a program in Intel HEX, up to the last one that its file gives. */
function imageOf(file: string, image: unknown): Image {
  if (typeof image !== 'string') throw wrong(file, `image: ${JSON.stringify(image)} is no name of a file`);
  const path = resolve(dirname(file), image);
  let program: Program;
  try {
    program = parseIntelHex(readFileSync(path, 'utf8'), path);
  } catch (error) {
    throw wrong(file, `image: ${(error as Error).message}`);
  }
  const foreign = foreignVectors(program);
  if (foreign !== undefined) throw wrong(file, `image: ${path} ${foreign}`);
  return { path, program, bytes: bytesOf(program) };
}

/** What the device will tell as its hash: the plan's, the image's own, or both alike. */
function hashOf(file: string, hash: unknown, image: Image | undefined): number {
  if (hash === undefined && image !== undefined) {
    const own = hashOfImage(image.bytes, sha256);
    if (own !== undefined) return own;
    throw wrong(
      file,
      `image: ${image.path} does not hold its own hash: it is damaged, or no program of this wearable; take it anew`,
    );
  }
  if (!/^[0-9a-f]{8}$/.test(String(hash)))
    throw wrong(file, `to.hash: ${JSON.stringify(hash)} is not 8 hexadecimal digits, small letters`);
  const asked = Number.parseInt(String(hash), 16);
  if (image !== undefined && !isImageOf(image.bytes, asked, sha256))
    throw wrong(
      file,
      `to.hash: ${image.path} does not have the hash ${hash}: leave it out, or name the image that has it`,
    );
  return asked;
}

/** Only a program that runs tells its version; a wave of another one would let its first devices fail, each for a minute. */
function insistOnVersion(file: string, asked: number, { path, program }: Image): void {
  let told: number;
  try {
    told = tryFirmware({ program, file: path }).firmware;
  } catch (error) {
    throw wrong(file, `image: ${(error as Error).message}`);
  }
  if (told === asked) return;
  throw wrong(
    file,
    `to.firmware: "${firmwareText(asked)}" is not the version of ${path}, which says ${firmwareText(told)}`,
  );
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
  const given = image === undefined ? undefined : imageOf(file, image);
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
    to: { firmware: firmwareOf(file, 'to.firmware', firmware), hash: hashOf(file, hash, given) },
  };
  const faults = faultsOf(plan);
  if (faults.length > 0) throw wrong(file, faults.join('; '));
  if (given !== undefined) insistOnVersion(file, plan.to.firmware, given);
  return given === undefined ? plan : { ...plan, image: given.bytes };
}
