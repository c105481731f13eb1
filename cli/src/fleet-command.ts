import { EXIT_CODE, type RunRecord } from '@gaitway/contract';
import { BaseCommand } from './base-command.ts';
import { dataFolderOf } from './data-folder.ts';
import { parseDurationMs } from './duration.ts';
import { exitCodeOf } from './exit-of-verdict.ts';
import { cohortFlagged } from './flags/cohort-flag.ts';
import { CONNECT_LIMITS, MEASURE_LIMITS, SLOT_LIMITS } from './flags/duration-limits.ts';
import { checkedTargets } from './flags/fleet-flags.ts';
import { insistOnSlots } from './flags/scenario-argument.ts';
import { updateFaultsFlagged } from './flags/update-faults-flag.ts';
import { checkedSourceAddresses } from './services/source-addresses.ts';

/** Who is played: the fleet's twins, or boards alone. */
export interface FleetLoad {
  name: 'fleet' | 'firmware';
  patients: number;
  viewers: number;
  workers?: number | undefined;
  /** Of the patients, so many wear boards; with the program that they run, if it is not ours. */
  boards?: { devices: number; hex: string | undefined };
}

/** `LOAD_FLAGS`, and what `FLEET_FLAGS` a command has. */
interface LoadFlags {
  target: readonly string[];
  cohort?: string | undefined;
  duration: string;
  slot: string;
  connect: string;
  seed: number;
  'source-addresses'?: string | undefined;
  transport: 'lean' | 'official';
  'update-faults'?: string | undefined;
  data?: string | undefined;
}

/** What the commands share that play devices against somebody else's server, and promise nothing of it. */
export abstract class FleetCommand extends BaseCommand {
  static override enableJsonFlag = true;

  /** Plays it to its end, says what was found, and sets the exit code. */
  protected async play(flags: LoadFlags, load: FleetLoad): Promise<RunRecord> {
    const { seed, transport } = flags;
    const phases = {
      slotMs: parseDurationMs(flags.slot, 'slot', SLOT_LIMITS),
      connectMs: parseDurationMs(flags.connect, 'connect', CONNECT_LIMITS),
      measureMs: parseDurationMs(flags.duration, 'duration', MEASURE_LIMITS),
    };
    insistOnSlots('duration', phases.measureMs, phases.slotMs);
    const targets = checkedTargets(flags.target);
    const sourceAddresses = await checkedSourceAddresses(flags['source-addresses']);
    const people = await cohortFlagged(flags.cohort);
    const failing = updateFaultsFlagged(flags['update-faults']);
    const command = await import('./services/run-command.ts');
    const { name, patients, viewers, workers, boards } = load;
    const scenario = command.fleetScenario({ name, patients, viewers, ...phases });
    const planned = command.planRun({
      ...{ scenario, seed, transport, cache: 'on', durability: 'process' },
      ...people,
      ...failing,
      ...(workers === undefined ? {} : { workers }),
      ...(boards === undefined ? {} : command.canariesOf({ ...boards, ...scenario })),
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
