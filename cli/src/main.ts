import { Config, run } from '@oclif/core';
import { explain } from './explain.ts';
import { endAtFirstInterrupt } from './services/interrupts.ts';
import { tell } from './terminal.ts';

/** Runs the command line and ends the process with a code of the one table (`exit-codes.ts`). */
export async function main(args: string[], importedFrom: string): Promise<void> {
  endAtFirstInterrupt();
  outliveReaders();
  let commands: string[] = [];
  try {
    const config = await Config.load(importedFrom);
    commands = config.commandIDs.map((id) => id.replaceAll(':', ' ')).sort();
    await run(withHelpFlag(args), config);
  } catch (error) {
    const { exitCode, code, says, next } = explain(error, commands);
    if (says !== '') {
      const json = args.includes('--json');
      if (json) process.stdout.write(`${JSON.stringify({ error: { code, says, next } }, null, 2)}\n`);
      else tell(process.stderr, `gaitway: ${says}${next === '' ? '' : `\n  ${next}`}`);
    }
    process.exitCode = exitCode;
  }
}

/** `gaitway help run`: what other programs have taught people. */
function withHelpFlag(args: string[]): string[] {
  return args[0] === 'help' ? [...args.slice(1), '--help'] : args;
}

/**
 * A reader that has gone (`gaitway run mvp | head`) ends nothing and breaks nothing: a run comes to its end, its
 * record is written, and the exit code is its verdict.
 */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
