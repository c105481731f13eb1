import { builtInModel, MODEL_VERSION, thresholdsOf } from '@gaitway/reference-server';
import type { ToldModel } from './told-model.ts';

/** What a server with the built-in model tells of it, for whoever has no server to ask. */
export function builtInTold(): ToldModel {
  const { version, file } = builtInModel(MODEL_VERSION);
  return { version, thresholds: thresholdsOf(file), declined: file.declined };
}
