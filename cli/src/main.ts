import { Config, flush, run } from '@oclif/core';
import { explain } from './explain.ts';
import { endAtFirstInterrupt } from './services/interrupts.ts';

/** Runs the command line and ends the process with a code of the one table (`exit-codes.ts`). */
export async function main(args: string[], importedFrom: string): Promise<void> {
  endAtFirstInterrupt();
  let commands: string[] = [];
  try {
    const config = await Config.load(importedFrom);
    commands = config.commandIDs.map((id) => id.replaceAll(':', ' ')).sort();
    await run(args, config);
    await flush();
  } catch (error) {
    const { exitCode, code, says, next } = explain(error, commands);
    if (says !== '') {
      const json = args.includes('--json');
      if (json) process.stdout.write(`${JSON.stringify({ error: { code, says, next } }, null, 2)}\n`);
      else process.stderr.write(`gaitway: ${says}${next === '' ? '' : `\n  ${next}`}\n`);
    }
    await flush().catch(() => {});
    process.exitCode = exitCode;
  }
}
