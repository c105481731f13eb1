import { Args } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { dataFolderOf } from '../data-folder.ts';
import { exitCodeOf } from '../exit-of-verdict.ts';
import { DATA_FLAG, STORE_FLAGS } from '../flags/store-flags.ts';
import type { AuditAnswer } from '../services/audit.ts';

export default class Audit extends BaseCommand {
  static override summary = 'Compare the ledger of a run with its archive once more.';
  static override description =
    `The archive is opened as the record says: the embedded store of the run, MongoDB (--mongo or GAITWAY_MONGO_URL), or the target's API with a token signed by our secret. What viewers saw is taken from the record.

A store that the run had for itself is read whole: what this run did not send has no business there. In a store that others use as well, readings of other runs are counted apart, and windows that hold both leave the verdict open.

Exit codes: 0 every promise was kept, 99 one was broken, 96 ledger or archive is missing, in part or as a whole, and it is named, 104 a ledger that this version cannot read, 69 the target cannot be reached.`;
  static override examples = [
    '<%= config.bin %> audit latest',
    '<%= config.bin %> audit .gaitway/runs/20260131T235959Z --json',
    '<%= config.bin %> audit run.json --mongo mongodb://127.0.0.1:27017/gaitway',
  ];
  static override enableJsonFlag = true;
  static override args = {
    run: Args.string({ description: 'a run record, its folder or name, or latest', required: true }),
  };
  static override flags = { mongo: STORE_FLAGS.mongo, data: DATA_FLAG };

  async run(): Promise<AuditAnswer> {
    const { args, flags } = await this.parse(Audit);
    const { aboutRun, findRun } = await import('../run-folder.ts');
    const dataFolder = dataFolderOf(flags.data);
    const run = findRun(args.run, dataFolder);
    const { auditRun, Progress, realClock, renderAuditTable, renderOptionsOf } = await import(
      '../services/audit-command.ts'
    );
    this.say(aboutRun(run.record));
    if (!run.record.finished) this.say('It never came to its end: of what happened only the ledger tells.');
    const progress = new Progress(realClock, (line) => this.tellProgress(line), 'windows read');
    const answer = await auditRun({
      run,
      dataFolder,
      progress,
      ...(flags.mongo ? { mongoUrl: flags.mongo } : {}),
    });
    this.say(`Read from ${answer.archive}.`);
    this.say(renderAuditTable(answer.audit, renderOptionsOf(this.peopleStream)));
    process.exitCode = exitCodeOf(answer.audit.verdict);
    return answer;
  }
}
