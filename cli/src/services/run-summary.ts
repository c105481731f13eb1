import { relative } from 'node:path';
import type { RunRecord } from '@gaitway/contract';
import {
  type RenderOptions,
  renderAuditTable,
  renderVerdictTable,
  verdictReportOf,
} from '@gaitway/dashboards';
import { playedLess } from '@gaitway/scenarios';
import { commandName, typed } from '../command-name.ts';
import { answerLines } from './answer-lines.ts';
import type { FinishedRun } from './run.ts';

/** What a person reads when a run is over: verdict, audit, where the record is, what to try next. */
export function runSummary(run: FinishedRun, options: RenderOptions): string[] {
  const { record, recordFile, copyWarning } = run;
  const beside = relative(process.cwd(), recordFile);
  return [
    '',
    renderVerdictTable(verdictReportOf(record), options),
    '',
    renderAuditTable(record.audit, options),
    '',
    ...answerLines(record),
    ...(copyWarning === undefined ? [] : [`Warning: ${copyWarning}`]),
    `Record: ${beside.startsWith('..') ? recordFile : beside}`,
    ...nextSteps(run).map((line) => `Next:   ${line}`),
  ];
}

function nextSteps({ record, interrupted }: FinishedRun): string[] {
  const us = commandName();
  const again = typed(record.command);
  if (interrupted) return [`${again}   plays it again, to its end`];
  switch (record.verdict) {
    case 'holds':
      return [
        `${us} audit latest   compares ledger and archive once more`,
        record.scenario === 'production'
          ? `${us} simulate --patients 1000 --hours 24 --seed 7   a day with faults, in virtual time`
          : `${us} run production --dry-run   what 10,000 patients would need of this machine`,
      ];
    case 'fails':
      if (record.ownServers.ended.length > 0) {
        return [
          'what the server said last, above or in the system log (was it killed for its memory?), says why it ended',
          `${us} audit latest   compares the ledger with what its store holds`,
          `${again}   repeats it`,
        ];
      }
      return [`${again}   repeats it`, `${us} audit latest --json   every finding that was kept`];
    case 'invalid':
      return [advice(record), `${again}   repeats it`];
    case 'no-verdict':
      if (playedLess(record)) {
        return [
          `let the server keep the rate of ${record.slotMs / 1000} s, or plan for the one that it asks for: figures of fewer readings say nothing of the plan`,
          `${again}   repeats it`,
        ];
      }
      return [`${again} --allow-no-verdict   accepts that the inputs named above are missing`];
  }
}

function advice({ generator }: RunRecord): string {
  return generator.valid
    ? 'play longer, or more patients: there were too few samples (see --dry-run)'
    : 'play on a quieter machine, with fewer patients or more --workers: the generator was the bottleneck';
}
