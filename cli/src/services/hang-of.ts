import { EXIT_CODE } from '@gaitway/contract';
import type { FirmwareImage } from '@gaitway/simulator';
import { Fault } from '../fault.ts';

/** What to throw for an error that came of running a program: where it hangs its file is named, all else is as it was. */
export function hangOf({ file }: Pick<FirmwareImage, 'file'>, error: unknown): unknown {
  // By its name, as errors of other workspaces are known here.
  if (!(error instanceof Error) || error.name !== 'FirmwareHangs') return error;
  return new Fault('firmware_hangs', `${file}: ${error.message}`, '', EXIT_CODE.badInput);
}
