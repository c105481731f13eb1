import type { RunRecord } from '@gaitway/contract';
import { Flags } from '@oclif/core';
import { FLEET_FLAGS, HEX_FLAG, LOAD_FLAGS } from '../../flags/fleet-flags.ts';
import { FleetCommand } from '../../fleet-command.ts';

const { seed, 'source-addresses': sourceAddresses, transport, 'update-faults': updateFaults } = FLEET_FLAGS;

export default class FirmwareRun extends FleetCommand {
  static override summary = 'Play devices that run real firmware, against any target.';
  static override description =
    "Each device is the wearable's program on an emulated ATmega328P, with a modem that holds a connection of its own. Counts, latency from due time and audit are those of a fleet; the record says what the chips did. Exits 98 when this machine could not emulate them in real time, or when a firmware hung; 104 for a file that is no program of this chip.";
  static override examples = [
    '<%= config.bin %> firmware run --devices 10 --target http://127.0.0.1:8080',
    '<%= config.bin %> firmware run --target http://10.0.0.2:80 --hex wearable.hex --duration 10m --json',
  ];
  static override flags = {
    devices: Flags.integer({ description: 'boards', default: 10, helpValue: 'N', min: 1, max: 10_000 }),
    ...LOAD_FLAGS,
    ...{ seed, 'source-addresses': sourceAddresses, transport, 'update-faults': updateFaults },
    hex: HEX_FLAG,
  };

  async run(): Promise<RunRecord> {
    const { flags } = await this.parse(FirmwareRun);
    const { devices, hex } = flags;
    return this.play(flags, { name: 'firmware', patients: devices, viewers: 0, boards: { devices, hex } });
  }
}
