import type { ExitCode } from '@gaitway/contract';

/**
 * The user's situation, not a bug of ours: what is wrong and where, what to do next, and the exit code
 * that says so to a program.
 */
export class Fault extends Error {
  override name = 'Fault';
  readonly code: string;
  readonly next: string;
  readonly exitCode: ExitCode;

  constructor(code: string, says: string, next: string, exitCode: ExitCode) {
    super(says);
    this.code = code;
    this.next = next;
    this.exitCode = exitCode;
  }
}
