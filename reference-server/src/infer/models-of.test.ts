import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { candidate, SILENT } from './candidates.fixture.ts';
import { builtInModel } from './load-model.ts';
import type { Model } from './model.ts';
import { MODEL_VERSION } from './model-names.ts';
import { modelsOf } from './models-of.ts';

function beside(second: Model, candidateUse: 'shadow' | 'roll-out'): Model | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-models-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const candidateFile = join(folder, 'second.json');
  writeFileSync(candidateFile, JSON.stringify(second.file));
  return modelsOf({ model: MODEL_VERSION, candidateFile, candidateUse }).candidate;
}

describe('a candidate', () => {
  it('of less than the current model says is not rolled out, and may run in shadow', () => {
    expect(() => beside(SILENT, 'roll-out')).toThrow(
      "second.json has no head in field 'slotHeads' for gait at the wrist, gait at the shank, gait at the ankle, rigidityProxy at the wrist, freezing at the shank, freezing at the ankle, of which the current model 'second-1' speaks. Add them, or let it run in shadow.",
    );
    expect(beside(SILENT, 'shadow')?.version).toBe(SILENT.version);
    const other = candidate();
    expect(beside(other, 'roll-out')?.version).toBe(other.version);
  });

  it('of the same version as the current model is refused', () => {
    expect(() => beside(builtInModel(MODEL_VERSION), 'shadow')).toThrow("has version 'second-1'");
  });
});
