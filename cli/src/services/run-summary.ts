import { relative } from 'node:path';
import type { RunRecord } from '@gaitway/contract';
import {
  type RenderOptions,
  renderAuditTable,
  renderVerdictTable,
  verdictReportOf,
} from '@gaitway/dashboards';
import type { FinishedRun } from './run.ts';

/** What a person reads when a run is over: verdict, audit, where the record is, what to try next. */
export function runSummary(run: FinishedRun, options: RenderOptions): string[] {
  const { record, recordFile } = run;
  const beside = relative(process.cwd(), recordFile);
  return [
    '',
    renderVerdictTable(verdictReportOf(record), options),
    '',
    renderAuditTable(record.audit, options),
    '',
    ...(record.notes ?? []).map((note) => `Note: ${note}`),
    `Record: ${beside.startsWith('..') ? recordFile : beside}`,
    ...nextSteps(run).map((line) => `Next:   ${line}`),
  ];
}

function nextSteps({ record, interrupted }: FinishedRun): string[] {
  const again = record.command.join(' ');
  if (interrupted) return [`${again}   plays it again, to its end`];
  switch (record.verdict) {
    case 'holds':
      return [
        `gaitway audit latest   compares ledger and archive once more`,
        record.scenario === 'production'
          ? 'gaitway simulate --patients 1000 --hours 24 --seed 7   a day with faults, in virtual time'
          : 'gaitway run production --dry-run   what 10,000 patients would need of this machine',
      ];
    case 'fails':
      return [`${again}   repeats it`, 'gaitway audit latest --json   every finding that was kept'];
    case 'invalid':
      return [advice(record), `${again}   repeats it`];
    case 'no-verdict':
      return [`${again} --allow-no-verdict   accepts that the inputs named above are missing`];
  }
}

function advice({ generator }: RunRecord): string {
  return generator.valid
    ? 'play longer, or more patients: there were too few samples (see --dry-run)'
    : 'play on a quieter machine, with fewer patients or more --workers: the generator was the bottleneck';
}
