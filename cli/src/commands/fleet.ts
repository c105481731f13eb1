import type { RunRecord } from '@gaitway/contract';
import { Flags } from '@oclif/core';
import { FLEET_FLAGS, LOAD_FLAGS } from '../flags/fleet-flags.ts';
import { FleetCommand } from '../fleet-command.ts';

export default class Fleet extends FleetCommand {
  static override summary = 'Play only the fleet, against any target that speaks docs/wire-format.md.';
  static override description =
    'Prints counts, latency from due time, and whether the generator kept up. The target is audited where it can be read over its API. Tokens are signed with GAITWAY_TOKEN_SECRET, or with the secret in the data folder. Exits 98 when the generator did not keep up, 99 when the audit finds a broken promise, 96 when the target told the devices another rate than was planned, or when it can be read and the audit is left open all the same.';
  static override examples = [
    '<%= config.bin %> fleet --target http://127.0.0.1:8080 --patients 200 --duration 60s',
    '<%= config.bin %> fleet --target http://10.0.0.2:80,http://10.0.0.3:80 --json',
  ];
  static override flags = {
    patients: Flags.integer({
      description: 'synthetic patients',
      default: 100,
      helpValue: 'N',
      min: 1,
      max: 1_000_000,
    }),
    viewers: Flags.integer({
      description: 'viewers  [default: 0]',
      default: 0,
      helpValue: 'N',
      min: 0,
      max: 10_000,
    }),
    ...LOAD_FLAGS,
    ...FLEET_FLAGS,
  };

  async run(): Promise<RunRecord> {
    const { flags } = await this.parse(Fleet);
    const { patients, viewers, workers } = flags;
    return this.play(flags, { name: 'fleet', patients, viewers, workers });
  }
}
