/** What can be wrong with a model that was asked for. The code is for programs, the message for people. */
export const MODEL_FILE_FAULTS = [
  'model_unknown',
  'model_unreadable',
  'model_format',
  'model_broken',
  'model_same',
] as const;
export type ModelFileFaultCode = (typeof MODEL_FILE_FAULTS)[number];

/** The user's situation, not a bug of ours: which model file, what is wrong in it and where, and what to do. */
export class ModelFileFault extends Error {
  override name = 'ModelFileFault';
  readonly code: ModelFileFaultCode;

  constructor(code: ModelFileFaultCode, says: string, whatToDo: string, cause?: unknown) {
    super(`${says} ${whatToDo}`, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
