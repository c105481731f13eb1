import { FEATURE_FIELDS, Placement, type SlotScore } from '@gaitway/contract';
import { FeatureExtractor } from '@gaitway/firmware';
import {
  COEFFICIENTS,
  emptySignalFeatures,
  type LinearModel,
  readSignalFeatures,
  type SignalFeatures,
  thousandths,
  type WindowFeatures,
  windowFeatures,
} from '@gaitway/reference-server';
import { ARCHETYPES, TAKES_PER_BODY } from '../archetypes.ts';
import { label } from '../label.ts';
import { motionOf } from '../motion.ts';
import { RANGES_DEFAULT, ReadingSource } from '../readings.ts';
import { synthesise } from '../signal.ts';
import { BODY_BINS } from '../traits.ts';
import { fitLogistic } from './logistic.ts';

export const WRIST_READING = {
  flags: 0,
  placement: Placement.wrist,
  slotMs: 5000,
  ...RANGES_DEFAULT,
} as const;

/** Seeds of the patients that the models are fitted to. Tests look at others. */
export const FIT_SEEDS = { slots: [101, 102], windows: 103 } as const;
const SAMPLES = 250;
const WINDOW_SLOTS = 12;
const SLOT_RIDGE = 1;
const WINDOW_RIDGE = 0.3;

interface Example {
  features: SignalFeatures;
  tremor: boolean;
  walking: boolean;
}

function slotExamples(): Example[] {
  const extractor = new FeatureExtractor(RANGES_DEFAULT.accelRange);
  const values = new Int32Array(FEATURE_FIELDS.length);
  const examples: Example[] = [];
  for (const seed of FIT_SEEDS.slots) {
    for (let archetype = 0; archetype < ARCHETYPES.length; archetype++) {
      for (let variant = 0; variant < BODY_BINS * TAKES_PER_BODY; variant++) {
        extractor.extract(synthesise(seed, archetype, variant, SAMPLES, RANGES_DEFAULT), values);
        const features = emptySignalFeatures();
        readSignalFeatures(values, WRIST_READING, features);
        const { tremorAmplitudeDeg } = motionOf(seed, archetype, variant);
        examples.push({
          features,
          tremor: tremorAmplitudeDeg > 0,
          walking: ARCHETYPES[archetype]!.state === 'walking',
        });
      }
    }
  }
  return examples;
}

type Numeric = Exclude<keyof SignalFeatures, 'fault'>;

function fitSlots<Feature extends Numeric>(
  names: readonly Feature[],
  examples: readonly Example[],
  truth: readonly boolean[],
): LinearModel<Feature> {
  const rows = examples.map(({ features }) => names.map((name) => features[name]));
  return named(names, fitLogistic(rows, truth, SLOT_RIDGE));
}

function named<Feature extends string>(
  names: readonly Feature[],
  fitted: readonly number[],
): LinearModel<Feature> {
  const round = (value: number): number => Math.round(1000 * value) / 1000;
  const weights = Object.fromEntries(names.map((name, i) => [name, round(fitted[i + 1]!)])) as Record<
    Feature,
    number
  >;
  return { intercept: round(fitted[0]!), weights };
}

function logOddsOf<Feature extends Numeric>(model: LinearModel<Feature>, features: SignalFeatures): number {
  return (Object.keys(model.weights) as Feature[]).reduce(
    (sum, name) => sum + model.weights[name] * features[name],
    model.intercept,
  );
}

type SlotModels = Record<'tremor' | 'gait', LinearModel<Numeric>>;

/** Windows of 200 patients; a window shows a condition when at least half of its slots do. */
function fitWindows(slotModels: SlotModels): Record<'tremor' | 'gait', LinearModel<keyof WindowFeatures>> {
  const seed = FIT_SEEDS.windows;
  const source = new ReadingSource(seed);
  const features = emptySignalFeatures();
  const names = ['slotScoreMean', 'slotsPositiveShare'] as const;
  const rows = { tremor: [] as number[][], gait: [] as number[][] };
  const truth = { tremor: [] as boolean[], gait: [] as boolean[] };
  const wrists = Array.from({ length: 400 }, (_, patient) => patient).filter(
    (patient) => source.placementOf(patient) === Placement.wrist,
  );
  for (let window = 0; window < 1000; window++) {
    const patient = wrists[window % 200]!;
    const first = Math.floor(window / 200) * WINDOW_SLOTS;
    const slots: SlotScore[] = [];
    const shown = { tremor: 0, gait: 0 };
    for (let slot = first; slot < first + WINDOW_SLOTS; slot++) {
      readSignalFeatures(source.valuesOf(patient, slot), WRIST_READING, features);
      const tremor = thousandths(logOddsOf(slotModels.tremor, features));
      const gait = thousandths(logOddsOf(slotModels.gait, features));
      slots.push({ startMs: slot, boot: 0, seq: slot, tremor, gait, rigidityProxy: null });
      const { tremor: trembles, state } = label(seed, patient, slot);
      if (trembles) shown.tremor += 1;
      if (state === 'walking') shown.gait += 1;
    }
    for (const condition of ['tremor', 'gait'] as const) {
      const found = windowFeatures(condition, slots)!;
      rows[condition].push(names.map((name) => found[name]));
      truth[condition].push(shown[condition] >= WINDOW_SLOTS / 2);
    }
  }
  const fit = (condition: 'tremor' | 'gait'): LinearModel<keyof WindowFeatures> =>
    named(names, fitLogistic(rows[condition], truth[condition], WINDOW_RIDGE));
  return { tremor: fit('tremor'), gait: fit('gait') };
}

/** Fits every coefficient of the models anew, for the features that they have now. */
export function fitModels() {
  const examples = slotExamples();
  const tremorNames = Object.keys(
    COEFFICIENTS.tremorSlot.weights,
  ) as (keyof typeof COEFFICIENTS.tremorSlot.weights)[];
  const gaitNames = Object.keys(
    COEFFICIENTS.gaitSlot.weights,
  ) as (keyof typeof COEFFICIENTS.gaitSlot.weights)[];
  const tremorSlot = fitSlots(
    tremorNames,
    examples,
    examples.map(({ tremor }) => tremor),
  );
  const gaitSlot = fitSlots(
    gaitNames,
    examples,
    examples.map(({ walking }) => walking),
  );
  const windows = fitWindows({
    tremor: tremorSlot as LinearModel<Numeric>,
    gait: gaitSlot as LinearModel<Numeric>,
  });
  return { tremorSlot, gaitSlot, tremorWindow: windows.tremor, gaitWindow: windows.gait };
}
