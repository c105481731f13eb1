import { SituationFault } from '../situation-fault.ts';

/** What can be wrong with a model that was asked for. The code is for programs, the message for people. */
export const MODEL_FILE_FAULTS = [
  'model_unknown',
  'model_unreadable',
  'model_format',
  'model_broken',
  'model_same',
  'model_less',
  'model_changed',
] as const;
export type ModelFileFaultCode = (typeof MODEL_FILE_FAULTS)[number];

/** Which model file, what is wrong in it and where, and what to do. */
export class ModelFileFault extends SituationFault<ModelFileFaultCode> {
  override name = 'ModelFileFault';
}
