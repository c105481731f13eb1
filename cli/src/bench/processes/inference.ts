import { FEATURE_FIELDS, Placement, SLOT_MS_DEFAULT, type SlotScore } from '@gaitway/contract';
import {
  builtInModel,
  ComparedModels,
  createNullMeter,
  createStageTimer,
  DriftWatch,
  emptySignalFeatures,
  type Inference,
  MODEL_VERSION,
  Model,
  OneModel,
  readSignalFeatures,
  realClock,
  slotOf,
} from '@gaitway/reference-server';
import { createPopulation } from '@gaitway/simulator';

export interface InferenceOrder {
  type: 'infer';
  windows: number;
}

/** CPU of this process, us. */
export interface InferenceFigures {
  type: 'inferred';
  perWindow: number;
  perWindowOfTwo: number;
  assessmentPerWindow: number;
  driftPerReading: number;
}

const SEED = 7;
const PATIENTS = 200;
const SLOTS = 12;
const WRIST = { flags: 0, placement: Placement.wrist, accelRange: 2, gyroRange: 2, slotMs: SLOT_MS_DEFAULT };

/** A window of real readings of each of some synthetic patients. A processor decodes one after the other, so few lie in memory at once. */
function readings(): Int32Array[] {
  const population = createPopulation(SEED);
  return Array.from({ length: PATIENTS * SLOTS }, (_, i) =>
    Int32Array.from(
      { length: FEATURE_FIELDS.length },
      (_, field) => population.valuesOf(Math.floor(i / SLOTS), i % SLOTS)[field]!,
    ),
  );
}

function cpuMicros(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** What a processor asks for each window: its slots scored, counted for the drift, and assessed. */
function inferAll(inference: Inference, values: readonly Int32Array[], windows: number): void {
  for (let window = 0; window < windows; window++) {
    const at = (window % PATIENTS) * SLOTS;
    const models = inference.modelsFor('p000001', at);
    const slots: SlotScore[] = [];
    for (let slot = 0; slot < SLOTS; slot++) {
      const frame = { startMs: slot * SLOT_MS_DEFAULT, boot: 1, seq: slot };
      slots.push(slotOf(frame, inference.score(models, values[at + slot]!, WRIST)));
      inference.folded(models, frame);
    }
    models.model.assessWindow(slots);
    models.second?.model.assessWindow(models.second.slots);
  }
}

function run(windows: number): InferenceFigures {
  const values = readings();
  const readingsOfAll = windows * SLOTS;
  const model = builtInModel(MODEL_VERSION);
  const meter = createNullMeter();
  const stages = createStageTimer(() => realClock.monotonicMs());
  const candidate = new Model({ ...model.file, version: 'candidate' });
  const one = new OneModel(model, new DriftWatch(model.file, 'current', meter));
  const two = new ComparedModels({ current: model, candidate, meter, stages });
  const slots = values
    .slice(0, SLOTS)
    .map((each, seq) => slotOf({ startMs: seq, boot: 1, seq }, model.slotScores(each, WRIST)));
  const drift = new DriftWatch(model.file, 'current', meter);
  const features = values.slice(0, 1000).map((each) => {
    const found = emptySignalFeatures();
    readSignalFeatures(each, WRIST, found);
    return found;
  });
  // The first turn warms the code up.
  inferAll(one, values, windows);
  inferAll(two, values, windows);
  return {
    type: 'inferred',
    perWindow: cpuMicros(() => inferAll(one, values, windows)) / windows,
    perWindowOfTwo: cpuMicros(() => inferAll(two, values, windows)) / windows,
    assessmentPerWindow:
      cpuMicros(() => {
        for (let i = 0; i < windows; i++) model.assessWindow(slots);
      }) / windows,
    driftPerReading:
      cpuMicros(() => {
        for (let i = 0; i < readingsOfAll; i++) drift.observe(features[i % features.length]!);
      }) / readingsOfAll,
  };
}

process.on('message', ({ windows }: InferenceOrder) => {
  process.send?.(run(windows));
});
process.on('disconnect', () => process.exit());
