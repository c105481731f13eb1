import { EXIT_CODE } from '@gaitway/contract';
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
 * record is written, and the exit code is its verdict. Nor does a disk without room, of which it is told; but then what was asked
 * for is nowhere, and no exit code may say that all is well.
 */
function outliveReaders(): void {
  // Of what oclif listens with the process would end in the middle of its work, and with a stack.
  process.stdout.removeAllListeners('error');
  let isTold = false;
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || isTold) return;
    isTold = true;
    tell(
      process.stderr,
      `gaitway: standard output could not be written: ${message}\n  Send it to where there is room, or to a pipe.`,
    );
    process.on('exit', (exitCode) => {
      if (exitCode === EXIT_CODE.holds) process.exitCode = EXIT_CODE.badInput;
    });
  });
  // Nobody is left to be told.
  process.stderr.on('error', () => {});
}
