import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';

export interface BenchOptions {
  chosen: readonly Benchmark[];
  quick: boolean;
  json?: string;
  help: boolean;
}

const FLAGS = {
  only: { type: 'string', multiple: true },
  quick: { type: 'boolean', default: false },
  long: { type: 'boolean', default: false },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line. Returns a sentence that says what is wrong with it where something is. */
export function readOptions(args: readonly string[], all: readonly Benchmark[]): BenchOptions | string {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}. See --help.`;
  }
  const names = all.map(({ name }) => name);
  const only = values.only ?? [];
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) return `There is no benchmark "${unknown}". There are: ${names.join(', ')}.`;
  return {
    // Who names a long one wants it.
    chosen: all.filter(({ name, long }) => (only.length > 0 ? only.includes(name) : values.long || !long)),
    quick: values.quick,
    help: values.help,
    ...(values.json === undefined ? {} : { json: values.json }),
  };
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: FLAGS, allowPositionals: false }).values;
}

export function helpText(all: readonly Benchmark[]): string {
  return `npm run bench -- [--only NAME]... [--quick] [--long] [--json FILE]

What the parts cost, each beside its alternative in the same run: median (lowest to highest) of 5.
Loads this machine only, for some minutes; other work on it makes the figures worse.

  --only NAME  only this benchmark (may be given again)
  --quick      shorter, 3 repeats: noisier figures; the long runs are cut short too
  --long       also the runs of several minutes
  --json FILE  write rows, machine and date to this file

${all.map(({ name, says, long }) => `  ${name.padEnd(13)} ${says}${long ? ' (long)' : ''}`).join('\n')}

GAITWAY_REDIS_URL and GAITWAY_MONGO_URL add the rows of the real services.
Example: npm run bench -- --only transport --quick
`;
}
