import {
  CONDITIONS,
  type Condition,
  FEATURE_FIELDS,
  type Frame,
  HEADER_BYTES,
  Placement,
  RAW_CHUNKS_PER_READING,
  rawChunkPayload,
  SLOT_MS_DEFAULT,
  type SlotScore,
} from '@gaitway/contract';
import {
  assessSlots,
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
  RawReadings,
  readSignalFeatures,
  realClock,
  SlotHead,
  slotOf,
  windowFeatures,
} from '@gaitway/reference-server';
import { createPopulation, ReadingSource } from '@gaitway/simulator';

interface Chunk {
  bytes: Uint8Array;
  frame: Frame;
}

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
  /** In raw mode: 120 chunks decoded, gathered and made features of, then all of that. */
  rawPerWindow: number;
  /** Of a window, what one condition's scores and its part of the assessment take. */
  perCondition: Record<Condition, number>;
}

const SEED = 7;
const PATIENTS = 200;
const SLOTS = 12;
/** Their samples are 36 kB a window. */
const RAW_PATIENTS = 50;
/** A raw window takes so many times as long. */
const RAW_TIMES = 20;
const SILENT = { tremor: null, rigidityProxy: null, gait: null, freezing: null };
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

/** The raw chunks of a window of each of so many synthetic patients. */
function rawWindows(): Chunk[][] {
  const source = new ReadingSource(SEED);
  return Array.from({ length: RAW_PATIENTS }, (_, patient) =>
    Array.from({ length: SLOTS }, (_, slot) => {
      const all = source.samplesOf(patient, slot);
      const each = all.length / RAW_CHUNKS_PER_READING;
      return Array.from({ length: RAW_CHUNKS_PER_READING }, (_, chunkIndex) => {
        const samples = all.slice(each * chunkIndex, each * (chunkIndex + 1));
        const payload = rawChunkPayload({ chunkIndex, samples });
        const bytes = new Uint8Array(HEADER_BYTES + payload.length);
        bytes.set(payload, HEADER_BYTES);
        const seq = RAW_CHUNKS_PER_READING * slot + chunkIndex;
        const frame = { ...WRIST, device: 1, boot: 1, seq, startMs: 500 * seq } as Frame;
        return { bytes, frame };
      });
    }).flat(),
  );
}

function inferRaw(inference: Inference, all: readonly Chunk[][], windows: number): void {
  for (let window = 0; window < windows; window++) {
    const models = inference.modelsFor('p000001', window);
    const readings = new RawReadings();
    const slots: SlotScore[] = [];
    const drivers = models.model.drivers.emptySums();
    for (const { bytes, frame } of all[window % all.length]!) {
      const reading = readings.add(bytes, frame);
      if (reading === undefined) continue;
      const scores = inference.score(models, reading.values, reading.header);
      slots.push(slotOf(reading.frame, scores));
      inference.folded(models, reading.frame, scores, drivers);
    }
    models.model.assessWindow(slots, models.model.drivers.listed(drivers));
  }
}

function cpuMicros(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** What a processor asks for each window: its slots scored, their drivers summed up, counted for the drift, and assessed. */
function inferAll(inference: Inference, values: readonly Int32Array[], windows: number): void {
  for (let window = 0; window < windows; window++) {
    const at = (window % PATIENTS) * SLOTS;
    const models = inference.modelsFor('p000001', at);
    const slots: SlotScore[] = [];
    const drivers = models.model.drivers.emptySums();
    for (let slot = 0; slot < SLOTS; slot++) {
      const frame = { startMs: slot * SLOT_MS_DEFAULT, boot: 1, seq: slot };
      const scores = inference.score(models, values[at + slot]!, WRIST);
      slots.push(slotOf(frame, scores));
      inference.folded(models, frame, scores, drivers);
    }
    models.model.assessWindow(slots, models.model.drivers.listed(drivers));
    models.second?.model.assessWindow(models.second.slots);
  }
}

/**
 * What each condition takes of a window: its head over the features of twelve slots that were read already, and the window's
 * head over their scores.
 */
function conditionCosts(values: readonly Int32Array[], windows: number): Record<Condition, number> {
  const { file } = builtInModel(MODEL_VERSION);
  const costs = CONDITIONS.map((condition) => {
    const own = file.slotHeads.filter((head) => head.condition === condition);
    const head = new SlotHead(own[0]!);
    const features = values.slice(0, SLOTS).map((each) => {
      const found = emptySignalFeatures();
      readSignalFeatures(each, WRIST, found);
      return found;
    });
    const assess = (): number => {
      const slots = features.map((found, seq) =>
        slotOf({ startMs: seq, boot: 1, seq }, { ...SILENT, [condition]: head.score(found) }),
      );
      const windowHead = file.windowHeads[condition];
      const found = windowFeatures(condition, slots, windowHead.threshold);
      return assessSlots(condition, slots, found, windowHead, '').score ?? 0;
    };
    const all = () => {
      for (let i = 0; i < windows; i++) assess();
    };
    all();
    return [condition, cpuMicros(all) / windows] as const;
  });
  return Object.fromEntries(costs) as Record<Condition, number>;
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
  const raw = rawWindows();
  const fewer = Math.ceil(windows / RAW_TIMES);
  // The first turn warms the code up.
  inferAll(one, values, windows);
  inferAll(two, values, windows);
  inferRaw(one, raw, fewer);
  return {
    type: 'inferred',
    perWindow: cpuMicros(() => inferAll(one, values, windows)) / windows,
    perWindowOfTwo: cpuMicros(() => inferAll(two, values, windows)) / windows,
    rawPerWindow: cpuMicros(() => inferRaw(one, raw, fewer)) / fewer,
    perCondition: conditionCosts(values, windows),
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
