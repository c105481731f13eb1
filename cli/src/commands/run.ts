import { EXIT_CODE, type RunRecord } from '@gaitway/contract';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { dataFolderOf } from '../data-folder.ts';
import { parseDurationMs } from '../duration.ts';
import { exitCodeOf } from '../exit-of-verdict.ts';
import { COHORT_FLAG, cohortFlagged } from '../flags/cohort-flag.ts';
import { MEASURE_LIMITS } from '../flags/duration-limits.ts';
import { checkedTargets, FLEET_FLAGS, HEX_FLAG, TARGET_FLAG } from '../flags/fleet-flags.ts';
import { insistOnUse, PIPELINE_FLAGS, pipelineSettings } from '../flags/pipeline-flags.ts';
import { scenarioOf } from '../flags/scenario-argument.ts';
import { DATA_FLAG, STORE_FLAGS, storeUrls } from '../flags/store-flags.ts';
import { updateFaultsFlagged } from '../flags/update-faults-flag.ts';
import type { RunRequirements } from '../services/run-requirements.ts';
import { checkedSourceAddresses } from '../services/source-addresses.ts';

export default class Run extends BaseCommand {
  static override summary = 'Play a fleet against a pipeline, account for every reading, give a verdict.';
  static override description =
    `Scenarios: mvp (100 patients, about 75 s), production (10,000 patients, 6 minutes), smoke (50 patients, 20 s).
Without --target it starts a reference server of its own; the model and insight flags and --update-wave are for that one, and refused with --target. What the run needs is printed beside what is there before anything connects.

Exit codes: 0 holds, 99 fails, 98 invalid (the generator was the bottleneck, or too few samples), 96 no verdict, 104 bad input or does not fit, 69 not reachable, 105 interrupted.`;
  static override examples = [
    '<%= config.bin %> run mvp',
    '<%= config.bin %> run smoke --patients 200 --seed 7 --record smoke.json',
    '<%= config.bin %> run production --redis redis://127.0.0.1 --mongo mongodb://127.0.0.1',
    '<%= config.bin %> run mvp --duration 3m --insights-every-minutes 1 --candidate-file next.json',
    '<%= config.bin %> run mvp --target http://127.0.0.1:8080 --dry-run',
  ];
  static override enableJsonFlag = true;
  static override args = {
    scenario: Args.string({ description: 'mvp, production or smoke', required: true }),
  };
  static override flags = {
    patients: Flags.integer({
      description: "instead of the scenario's",
      helpValue: 'N',
      min: 1,
      max: 1_000_000,
    }),
    viewers: Flags.integer({ description: "instead of the scenario's", helpValue: 'N', min: 0, max: 10_000 }),
    cohort: COHORT_FLAG,
    duration: Flags.string({ description: 'of the measure phase, as 90s or 10m', helpValue: 'TIME' }),
    ...FLEET_FLAGS,
    canaries: Flags.integer({
      description: 'so many of the devices, the last ones, are boards that run real firmware  [default: 0]',
      default: 0,
      helpValue: 'N',
      min: 0,
      max: 10_000,
    }),
    hex: HEX_FLAG,
    target: Flags.string(TARGET_FLAG),
    record: Flags.string({ description: 'write a copy of the run record here', helpValue: 'FILE' }),
    'dry-run': Flags.boolean({ description: 'say what would be played and what it needs, and stop there' }),
    'allow-no-verdict': Flags.boolean({ description: 'exit 0 where an input for the verdict is missing' }),
    ...STORE_FLAGS,
    ...PIPELINE_FLAGS,
    profile: Flags.string({ description: 'write a CPU profile of every process here', helpValue: 'FOLDER' }),
    data: DATA_FLAG,
  };

  async run(): Promise<RunRecord | { scenario: unknown; requirements: RunRequirements }> {
    const { args, flags, raw } = await this.parse(Run);
    const scenario = scenarioOf(args.scenario, {
      ...(flags.patients === undefined ? {} : { patients: flags.patients }),
      ...(flags.viewers === undefined ? {} : { viewers: flags.viewers }),
      ...(flags.duration === undefined
        ? {}
        : { measureMs: parseDurationMs(flags.duration, 'duration', MEASURE_LIMITS) }),
    });
    const { seed, transport, cache, durability } = flags;
    const stores = storeUrls(flags);
    const people = await cohortFlagged(flags.cohort);
    const failing = updateFaultsFlagged(flags['update-faults']);
    const targets = checkedTargets(flags.target ?? []);
    const pipeline = pipelineSettings(flags, process.env);
    insistOnUse(
      raw.flatMap((token) => (token.type === 'flag' ? [token.flag] : [])),
      targets,
      pipeline,
    );
    const sourceAddresses = await checkedSourceAddresses(flags['source-addresses']);
    const { canariesOf, commandWords, describeRun, planRun, playRun, renderOptionsOf, runSummary } =
      await import('../services/run-command.ts');
    const planned = planRun({
      ...{ scenario, seed, transport, cache, durability, pipeline },
      ...stores,
      ...people,
      ...failing,
      ...(flags.workers === undefined ? {} : { workers: flags.workers }),
      ...canariesOf({ devices: flags.canaries, hex: flags.hex, ...scenario }),
      ...(sourceAddresses === undefined ? {} : { sourceAddresses }),
      ...(flags.profile === undefined ? {} : { profileFolder: flags.profile }),
      targets,
      dataFolder: dataFolderOf(flags.data),
    });
    const speech = { say: (line: string) => this.say(line), stream: this.peopleStream };
    describeRun(planned, speech);
    if (flags['dry-run']) {
      if (!planned.requirements.fits) process.exitCode = EXIT_CODE.badInput;
      return { scenario, requirements: planned.requirements };
    }
    const command = commandWords(process.argv.slice(2), seed);
    const run = await playRun(
      planned,
      { command, ...(flags.record === undefined ? {} : { recordCopy: flags.record }) },
      speech,
    );
    for (const line of runSummary(run, renderOptionsOf(this.peopleStream))) this.say(line);
    process.exitCode = run.interrupted
      ? EXIT_CODE.interrupted
      : exitCodeOf(run.record.verdict, flags['allow-no-verdict']);
    return run.record;
  }
}
