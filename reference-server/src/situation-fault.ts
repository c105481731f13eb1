/**
 * The user's situation, not a bug of ours: what is wrong and where, and what to do. The code is for programs, the message
 * for people; the name of each kind is its class's, by which the command line knows it without loading it.
 */
export abstract class SituationFault<Code extends string> extends Error {
  readonly code: Code;

  constructor(code: Code, says: string, whatToDo: string, cause?: unknown) {
    super(`${says} ${whatToDo}`, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
