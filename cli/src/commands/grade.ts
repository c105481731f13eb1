import { EXIT_CODE } from '@gaitway/contract';
import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { commandName } from '../command-name.ts';
import { dataFolderOf } from '../data-folder.ts';
import { exitCodeOf } from '../exit-of-verdict.ts';
import { Fault } from '../fault.ts';
import { DATA_FLAG, STORE_FLAGS } from '../flags/store-flags.ts';
import type { RecordingGrades } from '../services/grade-recordings.ts';
import type { GradeAnswer } from '../services/grade-run.ts';

const PLACEMENTS = ['wrist', 'shank'] as const;

export default class Grade extends BaseCommand {
  static override summary = 'Hold the answers of the models against what is known to be true.';
  static override description =
    `Of a run: every slot that was due in its measure phase must have been answered, and the answers are compared with the truth of its synthetic patients, which follows from the seed. The archive is opened as by audit.

Of recordings of real people (--recording): CSV, also .csv.gz, at 50 Hz or more, with units in the names of the columns: time_ms or time_s, ..._mg or ..._g, ..._dps or ..._rads (rotation may be missing). A column label (0 not part, 1 no freeze, 2 freeze) grades freezing; --labels names a window file of the ParaDigMa toolbox and grades tremor. They are small samples, and prove nothing clinically.

Exit codes: 0 graded, and what was promised of grades holds; 99 it does not, or less than 0.99 of the slots were answered; 96 a run cannot be graded, and why is said; 104 a file that cannot be used: file, line and field are named; 69 the target cannot be reached.`;
  static override examples = [
    '<%= config.bin %> grade latest',
    '<%= config.bin %> grade --recording S01R02.csv.gz --recording S02R02.csv.gz --placement shank',
    '<%= config.bin %> grade --recording wrist-imu.csv.gz --placement wrist --labels tremor-windows.csv.gz --json',
  ];
  static override enableJsonFlag = true;
  static override args = {
    run: Args.string({ description: 'a run record, its folder or name, or latest' }),
  };
  static override flags = {
    recording: Flags.string({
      description: 'a recording; name it again for several, which are also pooled',
      helpValue: 'FILE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    labels: Flags.string({
      description: 'windows with tremor_checked, one file for each recording, in their order',
      helpValue: 'FILE',
      multiple: true,
      multipleNonGreedy: true,
      dependsOn: ['recording'],
    }),
    placement: Flags.option({
      description: 'where the sensor sat; may be left out where the names of the columns begin with it',
      options: PLACEMENTS,
      dependsOn: ['recording'],
    })(),
    mongo: STORE_FLAGS.mongo,
    data: DATA_FLAG,
  };

  async run(): Promise<RecordingGrades | GradeAnswer> {
    const { args, flags } = await this.parse(Grade);
    const files = flags.recording ?? [];
    if ((args.run === undefined) === (files.length === 0)) {
      throw new Fault(
        'nothing_to_grade',
        files.length === 0 ? 'nothing to grade is named' : 'a run and recordings cannot be graded together',
        `Name a run, as ${commandName()} grade latest, or a recording: ${commandName()} grade --recording FILE.`,
        EXIT_CODE.badInput,
      );
    }
    if (args.run !== undefined) return this.gradeRun(args.run, dataFolderOf(flags.data), flags.mongo);
    const { gradeRecordings, Progress, realClock, recordingGradesText, renderOptionsOf } = await import(
      '../services/grade-command.ts'
    );
    const { labels = [], placement } = flags;
    const grades = await gradeRecordings({
      files,
      labels,
      progress: new Progress(realClock, (line) => this.tellProgress(line), 'recordings scored'),
      ...(placement === undefined ? {} : { placement }),
    });
    for (const line of recordingGradesText(grades, renderOptionsOf(this.peopleStream))) this.say(line);
    return grades;
  }

  private async gradeRun(named: string, dataFolder: string, mongoUrl?: string): Promise<GradeAnswer> {
    const { aboutRun, findRun } = await import('../run-folder.ts');
    const run = findRun(named, dataFolder);
    const { gradeRun, Progress, realClock, renderGradesTable, renderOptionsOf } = await import(
      '../services/grade-command.ts'
    );
    this.say(aboutRun(run.record));
    const progress = new Progress(realClock, (line) => this.tellProgress(line), 'windows read');
    const answer = await gradeRun({ run, dataFolder, progress, ...(mongoUrl ? { mongoUrl } : {}) });
    this.say(`Read from ${answer.archive}.`);
    this.say(renderGradesTable(answer.grades, renderOptionsOf(this.peopleStream)));
    for (const { metric, expression, verdict, says } of answer.results)
      this.say(`${verdict}: ${metric} ${expression}. ${says}`);
    process.exitCode = exitCodeOf(answer.verdict);
    return answer;
  }
}
