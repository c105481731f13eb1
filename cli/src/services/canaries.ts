import { resolve } from 'node:path';
import { EXIT_CODE, firmwareText, SAMPLE_RATE_HZ } from '@gaitway/contract';
import type { CanaryOfRun } from '@gaitway/scenarios';
import { type FirmwareImage, type FirmwareSelf, readFirmware, tryFirmware } from '@gaitway/simulator';
import { Fault } from '../fault.ts';
import { hangOf } from './hang-of.ts';

const TICK_MS = 1000 / SAMPLE_RATE_HZ;

export interface CanariesAsked {
  devices: number;
  hex: string | undefined;
  patients: number;
  slotMs: number;
}

/**
 * The canaries of a run, if any: their program is read, and started once, so that one that is damaged, another chip's, or
 * hangs is told of before anything connects.
 */
export function canariesOf({ devices, hex, patients, slotMs }: CanariesAsked): { canaries?: CanaryOfRun } {
  if (devices === 0) {
    if (hex === undefined) return {};
    throw new Fault(
      'bad_hex',
      '--hex is given, and no device runs it',
      'Add --canaries N.',
      EXIT_CODE.badInput,
    );
  }
  if (devices > patients) {
    throw new Fault(
      'too_many_canaries',
      `--canaries ${devices}: there are ${patients} patients, and each wears one device`,
      'Play more patients, or fewer canaries.',
      EXIT_CODE.badInput,
    );
  }
  if (slotMs % TICK_MS !== 0) {
    throw new Fault(
      'bad_slot',
      `slots of ${slotMs} ms: the chip's slots are whole ticks of ${TICK_MS} ms`,
      `Choose a multiple of ${TICK_MS} ms.`,
      EXIT_CODE.badInput,
    );
  }
  const image = readFirmware(hex);
  const { firmware } = triedOf(image);
  return {
    canaries: {
      devices,
      ...(hex === undefined ? {} : { hexFile: resolve(hex) }),
      firmware: firmwareText(firmware),
      imageSha256: image.sha256,
    },
  };
}

function triedOf(image: FirmwareImage): FirmwareSelf {
  try {
    return tryFirmware(image);
  } catch (error) {
    throw hangOf(image, error);
  }
}
