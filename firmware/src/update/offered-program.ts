import type { DeviceCommand } from '@gaitway/contract';
import type { ProgramVersion } from './updater.ts';

const FIRMWARE_MAX = 0xffff;

/** What an `update_offer` offers. An offer that fits neither the frame header nor the boot frame is none: `undefined`. */
export function offeredProgram({
  firmware,
  hash,
}: Extract<DeviceCommand, { command: 'update_offer' }>): ProgramVersion | undefined {
  if (firmware > FIRMWARE_MAX || !/^[0-9a-f]{8}/i.test(hash)) return undefined;
  return { firmware, hash: Number.parseInt(hash.slice(0, 8), 16) };
}
