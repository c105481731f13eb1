import { EXIT_CODE } from '@gaitway/contract';
import type { ReplayResult } from '@gaitway/simulator';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { dataFolderOf } from '../../data-folder.ts';
import { HEX_FLAG } from '../../flags/fleet-flags.ts';
import { DATA_FLAG } from '../../flags/store-flags.ts';

export default class FirmwareReplay extends BaseCommand {
  static override summary = 'Play a device of a finished run again, on the board, and compare the bytes.';
  static override description =
    `The samples follow from the record: seed, patient and slots. The board computes and packs them, and what it sends is compared with the digests that the ledger keeps of what the fleet sent.

Exit codes: 0 every reading is the same, byte for byte, 99 one differs, 96 the ledger holds nothing of the device, 104 bad input.`;
  static override examples = [
    '<%= config.bin %> firmware replay latest --device 7',
    '<%= config.bin %> firmware replay .gaitway/runs/20260131T235959Z --device 7 --json',
  ];
  static override enableJsonFlag = true;
  static override args = {
    run: Args.string({ description: 'a run record, its folder or name, or latest', required: true }),
  };
  static override flags = {
    device: Flags.integer({
      description: 'number of the device, as in its frames',
      required: true,
      helpValue: 'N',
      min: 0,
      max: 0xffffffff,
    }),
    hex: HEX_FLAG,
    data: DATA_FLAG,
  };

  async run(): Promise<ReplayResult> {
    const { args, flags } = await this.parse(FirmwareReplay);
    const { findRun } = await import('../../run-folder.ts');
    const run = findRun(args.run, dataFolderOf(flags.data));
    const { replayRun, replayLines } = await import('../../services/firmware-replay.ts');
    const result = replayRun(run, flags.device, flags.hex);
    for (const line of replayLines(run.record.id, result)) this.say(line);
    process.exitCode = result.same ? EXIT_CODE.holds : EXIT_CODE.fails;
    return result;
  }
}
