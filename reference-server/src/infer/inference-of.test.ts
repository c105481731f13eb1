import { describe, expect, it } from 'vitest';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { createManualClock } from '../observe/manual-clock.fixture.ts';
import { createNullMeter } from '../observe/null-meter.ts';
import { createStageTimer } from '../observe/stage-timer.ts';
import { candidate, SILENT } from './candidates.fixture.ts';
import { inferenceOf } from './inference-of.ts';
import { builtInModel } from './load-model.ts';
import type { Model } from './model.ts';
import { MODEL_VERSION } from './model-names.ts';

const inference = (second: Model, candidateUse: 'shadow' | 'roll-out') =>
  inferenceOf(
    { candidateUse, candidateFile: 'less.json' },
    {
      ...{ model: builtInModel(MODEL_VERSION), candidate: second, archive: new MemoryArchive() },
      ...{ clock: createManualClock(), meter: createNullMeter(), warn: () => {} },
      stages: createStageTimer(() => 0),
    },
  );

describe('a candidate', () => {
  it('of less than the current model says is not rolled out, and may run in shadow', () => {
    expect(() => inference(SILENT, 'roll-out')).toThrow(
      "The model file less.json has no head in field 'slotHeads' for gait at the wrist, gait at the shank, gait at the ankle, rigidityProxy at the wrist, freezing at the shank, freezing at the ankle, of which the current model 'second-1' speaks. Add them, or let it run in shadow.",
    );
    expect(() => inference(SILENT, 'shadow')).not.toThrow();
    expect(() => inference(candidate(), 'roll-out')).not.toThrow();
  });

  it('of the same version as the current model is refused', () => {
    expect(() => inference(builtInModel(MODEL_VERSION), 'shadow')).toThrow("has version 'second-1'");
  });
});
