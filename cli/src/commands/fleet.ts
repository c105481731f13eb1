import { EXIT_CODE, type RunRecord, SLOT_MS_DEFAULT } from '@gaitway/contract';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { dataFolderOf } from '../data-folder.ts';
import { parseDurationMs } from '../duration.ts';
import { exitCodeOf } from '../exit-of-verdict.ts';
import { CONNECT_LIMITS, MEASURE_LIMITS, SLOT_LIMITS } from '../flags/duration-limits.ts';
import { checkedTargets, FLEET_FLAGS, TARGET_FLAG } from '../flags/fleet-flags.ts';
import { insistOnSlots } from '../flags/scenario-argument.ts';
import { DATA_FLAG } from '../flags/store-flags.ts';
import { checkedSourceAddresses } from '../services/source-addresses.ts';

export default class Fleet extends BaseCommand {
  static override summary = 'Play only the fleet, against any target that speaks docs/wire-format.md.';
  static override description =
    'Prints counts, latency from due time, and whether the generator kept up. The target is audited where it can be read over its API. Tokens are signed with GAITWAY_TOKEN_SECRET, or with the secret in the data folder. Exits 98 when the generator did not keep up, 99 when the audit finds a broken promise, 96 when the target told the devices another rate than was planned, or when it can be read and the audit is left open all the same.';
  static override examples = [
    '<%= config.bin %> fleet --target http://127.0.0.1:8080 --patients 200 --duration 60s',
    '<%= config.bin %> fleet --target http://10.0.0.2:80,http://10.0.0.3:80 --json',
  ];
  static override enableJsonFlag = true;
  static override flags = {
    target: Flags.string({ ...TARGET_FLAG, required: true }),
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
    ...FLEET_FLAGS,
    data: DATA_FLAG,
  };

  async run(): Promise<RunRecord> {
    const { flags } = await this.parse(Fleet);
    const { patients, viewers, seed, transport } = flags;
    const phases = {
      slotMs: parseDurationMs(flags.slot, 'slot', SLOT_LIMITS),
      connectMs: parseDurationMs(flags.connect, 'connect', CONNECT_LIMITS),
      measureMs: parseDurationMs(flags.duration, 'duration', MEASURE_LIMITS),
    };
    insistOnSlots('duration', phases.measureMs, phases.slotMs);
    const targets = checkedTargets(flags.target);
    const sourceAddresses = await checkedSourceAddresses(flags['source-addresses']);
    const {
      commandWords,
      describeRun,
      fleetScenario,
      fleetSummary,
      lacksOnlyAnExport,
      planRun,
      playRun,
      renderOptionsOf,
    } = await import('../services/run-command.ts');
    const planned = planRun({
      scenario: fleetScenario({ patients, viewers, ...phases }),
      ...{ seed, transport, cache: 'on', durability: 'process' },
      ...(flags.workers === undefined ? {} : { workers: flags.workers }),
      ...(sourceAddresses === undefined ? {} : { sourceAddresses }),
      targets,
      dataFolder: dataFolderOf(flags.data),
    });
    const speech = { say: (line: string) => this.say(line), stream: this.peopleStream };
    describeRun(planned, speech);
    const run = await playRun(planned, { command: commandWords(process.argv.slice(2), seed) }, speech);
    for (const line of fleetSummary(run, renderOptionsOf(this.peopleStream))) this.say(line);
    process.exitCode = run.interrupted
      ? EXIT_CODE.interrupted
      : exitCodeOf(run.record.verdict, lacksOnlyAnExport(run.record));
    return run.record;
  }
}
