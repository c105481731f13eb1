import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EXIT_CODE, type RunRecord } from '@gaitway/contract';
import { makeFolder } from '@gaitway/reference-server/make-folder';
import { recordedCohort } from '@gaitway/scenarios/recorded-cohort';
import { runIdAt } from '@gaitway/scenarios/run-id';
import { validateRunRecord } from '@gaitway/scenarios/run-record';
import { commandName } from './command-name.ts';
import { Fault } from './fault.ts';

const RUNS = 'runs';
const RECORD = 'run.json';

/** Makes the folder of a new run. Two that begin in the same second get different names. */
export function newRunFolder(dataFolder: string, nowMs: number): { id: string; folder: string } {
  const runs = join(dataFolder, RUNS);
  try {
    makeFolder(runs, 0o700);
    for (let again = 1; ; again++) {
      const id = runIdAt(nowMs) + (again === 1 ? '' : `-${again}`);
      const folder = join(runs, id);
      if (existsSync(folder)) continue;
      mkdirSync(folder);
      return { id, folder };
    }
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    throw new Fault(
      'data_folder',
      `the folder of the run cannot be made in ${runs} (${says})`,
      'Name another folder with --data, or give this user the right to write there.',
      EXIT_CODE.badInput,
    );
  }
}

/** A run that is on disk. */
export interface StoredRun {
  record: RunRecord;
  /** Where ledger and embedded stores lie. */
  folder: string;
}

/** Finds a run by the name of its record, of its folder, or `latest`. Throws a {@link Fault} that says what is there. */
export function findRun(named: string, dataFolder: string): StoredRun {
  const file = named === 'latest' ? latest(dataFolder) : recordOf(named, dataFolder);
  const record = readRecord(file);
  // A copy of a record (`--record FILE`) lies elsewhere than the run itself.
  const beside = dirname(file);
  const home = join(dataFolder, RUNS, record.id);
  const whole = (folder: string) => record.ledgerFiles.every((name) => existsSync(join(folder, name)));
  return { record, folder: !whole(beside) && whole(home) ? home : beside };
}

/** What a run was, in a sentence. */
export function aboutRun({ id, scenario, patients, seed, options }: RunRecord): string {
  const { cohort } = recordedCohort({ id, options });
  const whose = cohort === undefined ? '' : ` of the cohort ${cohort.name}`;
  return `Run ${id}: ${scenario}, ${patients} synthetic patients${whose}, seed ${seed}.`;
}

function latest(dataFolder: string): string {
  const runs = join(dataFolder, RUNS);
  const files = existsSync(runs)
    ? readdirSync(runs)
        .map((name) => join(runs, name, RECORD))
        .filter((file) => existsSync(file))
        .sort((one, other) => statSync(one).mtimeMs - statSync(other).mtimeMs)
    : [];
  const file = files.at(-1);
  if (file !== undefined) return file;
  throw new Fault(
    'no_run',
    `there is no run in ${runs}`,
    `Make one with ${commandName()} run smoke, or name another folder with --data.`,
    EXIT_CODE.badInput,
  );
}

function recordOf(named: string, dataFolder: string): string {
  const candidates = [resolve(named), join(dataFolder, RUNS, named)];
  for (const path of candidates) {
    if (!existsSync(path)) continue;
    const file = statSync(path).isDirectory() ? join(path, RECORD) : path;
    if (existsSync(file)) return file;
    throw new Fault(
      'no_record',
      `${path} holds no ${RECORD}`,
      'A run that was stopped before its fleet began has none. Name another run, or latest.',
      EXIT_CODE.badInput,
    );
  }
  throw new Fault(
    'no_run',
    `there is no run at ${candidates[0]}, and none named ${basename(named)} in ${join(dataFolder, RUNS)}`,
    'Name the record of a run, its folder, or latest.',
    EXIT_CODE.badInput,
  );
}

function readRecord(file: string): RunRecord {
  let record: unknown;
  try {
    record = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    throw new Fault(
      'bad_record',
      `${file} cannot be read: ${says}`,
      'Name the record of a run.',
      EXIT_CODE.badInput,
    );
  }
  const [problem, ...more] = validateRunRecord(record);
  if (problem === undefined) return record as RunRecord;
  throw new Fault(
    'bad_record',
    `${file} is no run record: ${problem.path} ${problem.says}${more.length > 0 ? ` (and ${more.length} more)` : ''}`,
    problem.hint,
    EXIT_CODE.badInput,
  );
}
