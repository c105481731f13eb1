import { EXIT_CODE, type RunRecord, SLOT_MS_DEFAULT } from '@gaitway/contract';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { dataFolderOf } from '../../data-folder.ts';
import { parseDurationMs } from '../../duration.ts';
import { exitCodeOf } from '../../exit-of-verdict.ts';
import { CONNECT_LIMITS, MEASURE_LIMITS, SLOT_LIMITS } from '../../flags/duration-limits.ts';
import { checkedTargets, FLEET_FLAGS, HEX_FLAG, TARGET_FLAG } from '../../flags/fleet-flags.ts';
import { insistOnSlots } from '../../flags/scenario-argument.ts';
import { DATA_FLAG } from '../../flags/store-flags.ts';
import { checkedSourceAddresses } from '../../services/source-addresses.ts';

export default class FirmwareRun extends BaseCommand {
  static override summary = 'Play devices that run real firmware, against any target.';
  static override description =
    "Each device is the wearable's program on an emulated ATmega328P, with a modem that holds a connection of its own. Counts, latency from due time and audit are those of a fleet; the record says what the chips did. Exits 98 when this machine could not emulate them in real time, or when a firmware hung; 104 for a file that is no program of this chip.";
  static override examples = [
    '<%= config.bin %> firmware run --devices 10 --target http://127.0.0.1:8080',
    '<%= config.bin %> firmware run --target http://10.0.0.2:80 --hex wearable.hex --duration 10m --json',
  ];
  static override enableJsonFlag = true;
  static override flags = {
    devices: Flags.integer({ description: 'boards', default: 10, helpValue: 'N', min: 1, max: 10_000 }),
    target: Flags.string({ ...TARGET_FLAG, required: true }),
    duration: Flags.string({
      description: 'how long readings are measured',
      default: '60s',
      helpValue: 'TIME',
    }),
    slot: Flags.string({
      description: 'each device sends one reading a slot',
      default: `${SLOT_MS_DEFAULT / 1000}s`,
      helpValue: 'TIME',
    }),
    connect: Flags.string({
      description: 'over how long the devices connect',
      default: '5s',
      helpValue: 'TIME',
    }),
    seed: FLEET_FLAGS.seed,
    hex: HEX_FLAG,
    'source-addresses': FLEET_FLAGS['source-addresses'],
    transport: FLEET_FLAGS.transport,
    data: DATA_FLAG,
  };

  async run(): Promise<RunRecord> {
    const { flags } = await this.parse(FirmwareRun);
    const { devices, seed, transport } = flags;
    const phases = {
      slotMs: parseDurationMs(flags.slot, 'slot', SLOT_LIMITS),
      connectMs: parseDurationMs(flags.connect, 'connect', CONNECT_LIMITS),
      measureMs: parseDurationMs(flags.duration, 'duration', MEASURE_LIMITS),
    };
    insistOnSlots('duration', phases.measureMs, phases.slotMs);
    const targets = checkedTargets(flags.target);
    const sourceAddresses = await checkedSourceAddresses(flags['source-addresses']);
    const command = await import('../../services/run-command.ts');
    const scenario = command.fleetScenario({ name: 'firmware', patients: devices, viewers: 0, ...phases });
    const planned = command.planRun({
      ...{ scenario, seed, transport, cache: 'on', durability: 'process' },
      ...command.canariesOf({ devices, hex: flags.hex, ...scenario }),
      ...(sourceAddresses === undefined ? {} : { sourceAddresses }),
      targets,
      dataFolder: dataFolderOf(flags.data),
    });
    const speech = { say: (line: string) => this.say(line), stream: this.peopleStream };
    command.describeRun(planned, speech);
    const words = command.commandWords(process.argv.slice(2), seed);
    const run = await command.playRun(planned, { command: words }, speech);
    const options = command.renderOptionsOf(this.peopleStream);
    for (const line of command.fleetSummary(run, options)) this.say(line);
    process.exitCode = run.interrupted
      ? EXIT_CODE.interrupted
      : exitCodeOf(run.record.verdict, command.lacksOnlyAnExport(run.record));
    return run.record;
  }
}
