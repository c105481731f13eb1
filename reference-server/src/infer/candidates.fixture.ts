import type { Condition } from '@gaitway/contract';
import { builtInModel } from './load-model.ts';
import { Model } from './model.ts';
import type { ModelFile, SlotHeadFile, WindowHeadFile } from './model-file.ts';
import { MODEL_VERSION } from './model-names.ts';

/** The built-in model under another name, with some of it changed. */
export function candidate(change: (file: ModelFile) => Partial<ModelFile> = () => ({})): Model {
  const { file } = builtInModel(MODEL_VERSION);
  return new Model({ ...file, version: 'third-1', ...change(file) });
}

const withWindowHeads = (file: ModelFile, change: (head: WindowHeadFile) => WindowHeadFile) => ({
  windowHeads: Object.fromEntries(
    Object.entries(file.windowHeads).map(([condition, head]) => [condition, change(head)]),
  ) as ModelFile['windowHeads'],
});
const withSlotHeads = (file: ModelFile, change: (head: SlotHeadFile) => SlotHeadFile) => ({
  slotHeads: file.slotHeads.map(change),
});

/** Says of everybody that it is as good as certain of nothing: its probabilities lie near one half. */
export const UNDECIDED = candidate((file) =>
  withWindowHeads(file, (head) => ({ ...head, calibration: { slope: 0.05, intercept: 0 } })),
);

/** Finds a tremor in every slot, and so raises the alarm for everybody; windows it judges as the current model does. */
export const ALARMED = candidate((file) => ({
  ...withSlotHeads(file, (head) =>
    head.condition === 'tremor' ? { ...head, calibration: { slope: 0.001, intercept: 3 } } : head,
  ),
  ...withWindowHeads(file, (head) => ({ ...head, intercept: 0, weights: {} })),
}));

/** Knows of tremor alone: of whoever walks it says nothing. */
export const SILENT = candidate(({ slotHeads }) => ({
  slotHeads: slotHeads.filter(({ condition }) => condition === 'tremor'),
}));

/** Was calibrated on people who hold still: what it sees now is not what it knows. */
export const ESTRANGED = candidate(({ training }) => ({
  training: { wrist: { ...training.wrist!, features: { gyroTremor: { edges: [100], shares: [0.1, 0.9] } } } },
}));

const CERTAINLY_NOT = -100;

/** As the built-in model, and never sees what one of its slots' heads is for. */
export const blindSlotHead = (index: number): Model =>
  candidate(({ slotHeads }) => ({
    slotHeads: slotHeads.map((head, i) => (i === index ? { ...head, intercept: CERTAINLY_NOT } : head)),
  }));

/** As the built-in model, and never finds this condition in a window. */
export const blindWindowHead = (condition: Condition): Model =>
  candidate(({ windowHeads }) => ({
    windowHeads: { ...windowHeads, [condition]: { ...windowHeads[condition], intercept: CERTAINLY_NOT } },
  }));
