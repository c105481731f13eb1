import type { ServerSettings } from '../settings.ts';
import { loadModel, loadModelFile } from './load-model.ts';
import type { Model } from './model.ts';
import { ModelFileFault } from './model-file-fault.ts';

/** Who assesses, and who runs beside, if anybody does. */
export interface ModelsOf {
  model: Model;
  candidate: Model | undefined;
}

/** The models that settings name. Throws a {@link ModelFileFault}; two models of one version are one as well. */
export function modelsOf({
  model: name,
  modelFile,
  candidateFile,
}: Pick<ServerSettings, 'model' | 'modelFile' | 'candidateFile'>): ModelsOf {
  const model = loadModel({ name, file: modelFile });
  if (candidateFile === undefined) return { model, candidate: undefined };
  const candidate = loadModelFile(candidateFile);
  if (candidate.version !== model.version) return { model, candidate };
  const says = `The model file ${candidateFile} has version '${candidate.version}', as the model that it is to run beside.`;
  throw new ModelFileFault('model_same', says, "Give its field 'version' a name of its own.");
}
