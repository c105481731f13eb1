import { Command } from '@oclif/core';
import { tell } from './terminal.ts';

/**
 * What every command shares: errors go up to `main`, which explains them and sets the exit code, instead of
 * being printed by oclif.
 */
export abstract class BaseCommand extends Command {
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }

  /** A line for people: to standard error when the result is JSON, so that a program reads only JSON. */
  protected say(line: string): void {
    tell(this.peopleStream, line);
  }

  /** How far something is: beside what was asked for, so that a file or a pipe gets that alone. */
  protected tellProgress(line: string): void {
    tell(process.stderr, line);
  }

  /** Where {@link say} writes. */
  protected get peopleStream(): NodeJS.WriteStream {
    return this.jsonEnabled() ? process.stderr : process.stdout;
  }
}
