import type { Clock } from '@gaitway/contract';
import type { Archive } from '../archive/archive.ts';
import type { Meter } from '../observe/meter.ts';
import type { StageTimer } from '../observe/stage-timer.ts';
import type { ServerSettings } from '../settings.ts';
import { ComparedModels } from './compare/compared-models.ts';
import { DriftWatch } from './drift/drift-watch.ts';
import { type Inference, OneModel } from './inference.ts';
import type { Model } from './model.ts';
import { limitsOf } from './roll-out/guard.ts';
import { RolledOutModels } from './roll-out/rolled-out-models.ts';

export interface InferenceDeps {
  model: Model;
  candidate: Model | undefined;
  archive: Pick<Archive, 'rollOut' | 'saveRollOut'>;
  clock: Clock;
  meter: Meter;
  stages: StageTimer;
  warn(says: string): void;
}

/** Who speaks of whom, as the settings say. */
export function inferenceOf(
  { candidateUse }: Pick<ServerSettings, 'candidateUse'>,
  { model, candidate, archive, clock, meter, stages, warn }: InferenceDeps,
): Inference {
  if (candidate === undefined) return new OneModel(model, new DriftWatch(model.file, 'current', meter));
  const two = { current: model, candidate, meter, stages };
  if (candidateUse === 'shadow') return new ComparedModels(two);
  return new RolledOutModels({ ...two, archive, clock, warn, limits: limitsOf(candidate.file) });
}
