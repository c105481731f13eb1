import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decodeFrame, FrameKind, HEADER_BYTES, readBoot } from '@gaitway/contract';
import { isImageOf } from '@gaitway/firmware';
import { bytesOf, foreignVectors, type Program, parseIntelHex } from '@gaitway/firmware/board';
import { ModemBoard } from './modem-board.ts';
import { wearableFile } from './wearable-file.ts';

/** A file that is no program for the board: which, and what to do. `HexFault` names the line, where there is one. */
export class FirmwareFault extends Error {
  override readonly name = 'FirmwareFault';
}

export interface FirmwareImage {
  program: Program;
  file: string;
  /** Of the file, hexadecimal. */
  sha256: string;
}

/** Reads a program. Throws `HexFault` with the line, and {@link FirmwareFault} for another chip's or an unreadable file. */
export function readFirmware(file: string = wearableFile()): FirmwareImage {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    throw new FirmwareFault(`${file} cannot be read (${says}): name a program in Intel HEX`, {
      cause: error,
    });
  }
  const program = parseIntelHex(text, file);
  const foreign = foreignVectors(program);
  if (foreign !== undefined) throw new FirmwareFault(`${file} ${foreign}`);
  return { program, file, sha256: createHash('sha256').update(text).digest('hex') };
}

/** What a program says of itself in the first frame that it sends. */
export interface FirmwareSelf {
  /** As in the frame header. */
  firmware: number;
  imageHash: number;
}

/**
 * Throws {@link FirmwareFault} for a program whose bytes do not have the hash that it tells in its boot frame. Sums of lines do
 * not tell that bytes changed places, or that a whole page is missing.
 */
export function checkHash(
  { program, file }: Pick<FirmwareImage, 'program' | 'file'>,
  imageHash: number,
): void {
  if (isImageOf(bytesOf(program), imageHash, (some) => createHash('sha256').update(some).digest())) return;
  throw new FirmwareFault(
    `${file} does not have the hash that its boot frame tells (${imageHash.toString(16).padStart(8, '0')}): it is damaged; ` +
      'take it anew, or build it with firmware/wearable/Makefile',
  );
}

/** A second, in which a program tells its version or never will. */
const STEPS = 50;

/**
 * Starts the program and waits for its boot frame. Throws `FirmwareHangs` for one that does not tick, and
 * {@link FirmwareFault} for one that says nothing of itself, or is not what it says: with it no run need begin.
 */
export function tryFirmware({ program, file }: Pick<FirmwareImage, 'program' | 'file'>): FirmwareSelf {
  let self: FirmwareSelf | undefined;
  const board = new ModemBoard({
    program,
    settings: { device: 1 },
    ...{ boot: 0, startMs: 0 },
    samples: (_, into) => {
      into.fill(0);
      return true;
    },
    batteryMv: () => 3700,
    hooks: {
      send: (bytes) => {
        const frame = decodeFrame(bytes);
        if (typeof frame !== 'string' && frame.kind === FrameKind.boot) {
          self ??= { firmware: frame.firmware, imageHash: readBoot(bytes, HEADER_BYTES).imageHash };
        }
        return 0;
      },
    },
  });
  board.modem.linkUp();
  for (let step = 0; step < STEPS && self === undefined; step++) board.step();
  if (self !== undefined) {
    checkHash({ program, file }, self.imageHash);
    return self;
  }
  throw new FirmwareFault(
    `${file} runs and sends no boot frame within a second of its start: does it speak docs/firmware-link.md at 250,000 baud?`,
  );
}
