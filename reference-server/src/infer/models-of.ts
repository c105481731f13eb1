import type { ServerSettings } from '../settings.ts';
import { loadModel, loadModelFile } from './load-model.ts';
import type { Model } from './model.ts';
import { ModelFileFault } from './model-file-fault.ts';

/** Who assesses, and who runs beside, if anybody does. */
export interface ModelsOf {
  model: Model;
  candidate: Model | undefined;
}

/**
 * The models that settings name. Throws a {@link ModelFileFault}; two models of one version are one as well, and a candidate
 * that is to take over and says less than the current model.
 */
export function modelsOf({
  model: name,
  modelFile,
  candidateFile,
  candidateUse,
}: Pick<ServerSettings, 'model' | 'modelFile' | 'candidateFile' | 'candidateUse'>): ModelsOf {
  const model = loadModel({ name, file: modelFile });
  if (candidateFile === undefined) return { model, candidate: undefined };
  const candidate = loadModelFile(candidateFile);
  if (candidate.version === model.version) refuseSame(candidate, candidateFile);
  if (candidateUse === 'roll-out') refuseLess(model, candidate, candidateFile);
  return { model, candidate };
}

function refuseSame(candidate: Model, file: string): never {
  const says = `The model file ${file} has version '${candidate.version}', as the model that it is to run beside.`;
  throw new ModelFileFault('model_same', says, "Give its field 'version' a name of its own.");
}

/** A candidate that takes over must say something of everything that is said now. In shadow it may know less. */
function refuseLess(current: Model, candidate: Model, file: string): void {
  const headsOf = ({ file: { slotHeads } }: Model) =>
    slotHeads.flatMap(({ condition, placements }) =>
      placements.map((place) => `${condition} at the ${place}`),
    );
  const known = new Set(headsOf(candidate));
  const missing = headsOf(current).filter((head) => !known.has(head));
  if (missing.length === 0) return;
  const says = `The model file ${file} has no head in field 'slotHeads' for ${missing.join(', ')}, of which the current model '${current.version}' speaks.`;
  throw new ModelFileFault('model_less', says, 'Add them, or let it run in shadow.');
}
