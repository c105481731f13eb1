import { Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { FLEET_FLAGS, HEX_FLAG } from '../../flags/fleet-flags.ts';

export default class FirmwareTrace extends BaseCommand {
  static override summary = "Print what the wearable's chip and its modem say to each other, decoded.";
  static override description =
    'The program runs on an emulated board, in emulated time, against a server that acknowledges every frame at once. Without --samples it is worn by the first synthetic patient of the seed. A recorded trace is CSV at 50 Hz whose header names time_ms or time_s, accel_x, accel_y, accel_z with _mg or _g behind, and perhaps gyro_x, gyro_y, gyro_z with _dps. Exits 104 for a gap, another rate, a field that is no number, another unit, or values that cannot be of it, with file, line and field.';
  static override examples = [
    '<%= config.bin %> firmware trace --seconds 12',
    '<%= config.bin %> firmware trace --samples walk.csv --json',
  ];
  static override flags = {
    seconds: Flags.integer({
      description: 'how much emulated time  [default: 12, or as long as the samples are]',
      helpValue: 'N',
      min: 1,
      max: 86_400,
    }),
    hex: HEX_FLAG,
    samples: Flags.string({ description: 'a recorded trace that the device is given', helpValue: 'FILE' }),
    seed: FLEET_FLAGS.seed,
    json: Flags.boolean({ description: 'one JSON object a line' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(FirmwareTrace);
    const { traceLines } = await import('../../services/firmware-trace.ts');
    for (const line of traceLines(flags)) process.stdout.write(`${line}\n`);
  }
}
