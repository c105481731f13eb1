import { Placement } from '@gaitway/contract';
import {
  type Calibration,
  contributionsOf,
  DECLARED_LIMITS_DEFAULT,
  type LinearModel,
  MODEL_FORMAT,
  MODEL_VERSION,
  type ModelFile,
  SIGNAL_FEATURES,
  type SignalFeature,
  type SlotHeadFile,
  sigmoid,
  type TrainingFile,
  type WindowFeature,
  type WindowHeadFile,
} from '@gaitway/reference-server';
import { FREEZE_INDEX } from '../../grade/freeze-index.ts';
import { COHORT_DEFAULT, type Cohort } from '../cohort.ts';
import { calibrate, rounded } from './calibrate.ts';
import { deviceFreezeIndex } from './device-freeze-index.ts';
import { type Example, featureOf, LivingPatients, type Truth } from './examples.ts';
import { type FittedWindows, fitWindowHead } from './fit-windows.ts';
import { type Bounds, fitLogistic } from './logistic.ts';
import { DECLINED, freezingHead, rigidityProxyHead } from './published-heads.ts';
import { trainingBins } from './training-bins.ts';

/** Seeds of the patients that the models are fitted to, each part of the fit to others. Tests look at others still. */
export const FIT_SEEDS = { slots: 101, slotCalibration: 104, windows: 103, windowCalibration: 105 } as const;
export const FIT_COMMAND = 'node simulator/dist/patients/fit/fit-command.js';

const SLOT_RIDGE = 1;
const PATIENTS = 200;
const SLOTS_OF_EACH = 60;
/** Of those whose freezing is calibrated: one slot in so many of a day, since few of them are frozen. */
const FREEZER_SLOTS_OF_EACH = 576;
/** A probability of one half, where positives are not rare. */
const HALF = 500;
/**
 * A freeze is rare, and its probability is that of people who freeze: a window of walking with a slot that looks like one says above a
 * fifth, any other a hundredth.
 */
const FREEZING_WINDOW_THRESHOLD = 100;
/** What a window's slots say of a condition that fills half of it. */
const SHARES: readonly WindowFeature[] = ['slotScoreMean', 'slotsPositiveShare'];

/**
 * Whom a device at the shank is strapped to for its freezes, as they live a day and a night: the probability of a freeze is
 * that among them.
 */
export const FREEZERS: Cohort = {
  ...COHORT_DEFAULT,
  name: 'freezers',
  placement: { wrist: 0, shank: 1 },
  freezerShare: 1,
};

/** Slots to fit to, and those of other people to calibrate on. */
interface Examples {
  fittedTo: readonly Example[];
  living: readonly Example[];
}

/** The sign that its reason gives a weight. */
const MORE: Bounds = [0, Number.POSITIVE_INFINITY];
const LESS: Bounds = [Number.NEGATIVE_INFINITY, 0];
/** Synthetic people separate where real ones do not: an octave of stillness says no more than this. */
const STILLNESS: Bounds = [-2, 0];

type FittedHead = Pick<SlotHeadFile, 'placements' | 'source'> & {
  condition: keyof Truth;
  features: Readonly<Partial<Record<SignalFeature, Bounds>>>;
};

/** Few features, most of them ratios: a model fitted to raw band powers of synthetic people fails on real ones. */
const FITTED: readonly FittedHead[] = [
  {
    condition: 'tremor',
    placements: ['wrist'],
    source:
      'gyroscope, power in 3.5-7.5 Hz against 0.5-3 Hz (Elble 2017); what no eye sees is no tremor (a rating of -1.5 by Elble 2006)',
    features: { gyroTremorToLocomotion: MORE, gyroStillness: STILLNESS },
  },
  {
    condition: 'gait',
    placements: ['wrist'],
    source: '1.7 steps a second (PMC5875188), power in 0.5-3 Hz and not in that of tremor (Moore 2008)',
    features: { stepsOffCadence: LESS, gyroTremorToLocomotion: LESS },
  },
  {
    condition: 'gait',
    placements: ['shank', 'ankle'],
    source: 'a leg that walks moves in the locomotion band, 0.5-3 Hz (Moore 2008); no gyroscope is needed',
    features: { accelLocomotion: MORE },
  },
];

/** Fits the built-in model anew, all of it: the file that is committed is what this gives. */
export function fitModel(): ModelFile {
  const examplesAt = (placement: Placement): Examples => ({
    fittedTo: new LivingPatients(FIT_SEEDS.slots, placement).some(PATIENTS, SLOTS_OF_EACH),
    living: new LivingPatients(FIT_SEEDS.slotCalibration, placement).some(PATIENTS, SLOTS_OF_EACH),
  });
  const [wrists, legs] = [examplesAt(Placement.wrist), examplesAt(Placement.shank)];
  const fitted = FITTED.map((head) => fitSlotHead(head, head.placements.includes('wrist') ? wrists : legs));
  const freezing = fitFreezing();
  const slotHeads = [...fitted, fitRigidityProxy(wrists.living), freezing];
  return {
    format: MODEL_FORMAT,
    version: MODEL_VERSION,
    madeBy: FIT_COMMAND,
    slotHeads,
    windowHeads: fitWindows(slotHeads, thresholdOf(freezing)),
    declined: DECLINED,
    limits: DECLARED_LIMITS_DEFAULT,
    training: { wrist: trainingOf(wrists.living), shank: trainingOf(legs.living) },
  };
}

function fitSlotHead(
  { condition, placements, source, features }: FittedHead,
  { fittedTo, living }: Examples,
): SlotHeadFile {
  const names = Object.keys(features) as SignalFeature[];
  const rows = fittedTo.map((example) => names.map((name) => featureOf(example, name)));
  const truth = fittedTo.map((example) => example.truth[condition]);
  const bounds = names.map((name) => features[name]!);
  const [intercept, ...weights] = fitLogistic(rows, truth, SLOT_RIDGE, bounds).map(rounded);
  const linear: LinearModel<SignalFeature> = {
    intercept: intercept!,
    weights: Object.fromEntries(names.map((name, i) => [name, weights[i]!])),
  };
  const calibration = calibrationOf(linear, condition, living);
  return { condition, placements, origin: 'fitted', source, ...linear, calibration };
}

/** The proxy that was set by hand, with the probability that its score has among synthetic people who walk. */
function fitRigidityProxy(living: readonly Example[]): SlotHeadFile {
  const walking = living.filter(({ truth }) => truth.gait);
  return rigidityProxyHead(calibrationOf(rigidityProxyHead(), 'rigidityProxy', walking));
}

/** The published rule, with the probability that its score has among synthetic people who freeze. */
function fitFreezing(): SlotHeadFile {
  const device = deviceFreezeIndex(FREEZE_INDEX);
  const living = new LivingPatients(FIT_SEEDS.slotCalibration, Placement.shank, FREEZERS);
  const examples = living.some(PATIENTS, FREEZER_SLOTS_OF_EACH);
  const { slope, intercept } = calibrationOf(freezingHead(device), 'freezing', examples);
  // Scores are whole thousandths, and there are few below a rare condition: the published threshold is put where one begins.
  const threshold = (Math.round(1000 * sigmoid(intercept) + 0.5) - 0.5) / 1000;
  return freezingHead(device, { slope, intercept: rounded(Math.log(threshold / (1 - threshold))) });
}

function calibrationOf(
  linear: LinearModel<SignalFeature>,
  condition: keyof Truth,
  examples: readonly Example[],
): Calibration {
  return calibrate(
    examples.map((example) => contributionsOf(linear, (name) => featureOf(example, name)).score),
    examples.map((example) => example.truth[condition]),
  );
}

/** What a head says, in thousandths, where its score is 0: at the published threshold. */
function thresholdOf({ calibration }: SlotHeadFile): number {
  return Math.round(1000 * sigmoid(calibration.intercept) + 0.01);
}

function fitWindows(
  heads: readonly SlotHeadFile[],
  freezingThreshold: number,
): Record<keyof Truth, WindowHeadFile> {
  const atWrist = {
    placement: Placement.wrist,
    patients: PATIENTS,
    windowsOfEach: 5,
    slotsMin: 6,
    features: SHARES,
    windowThreshold: HALF,
  };
  const seeds = { fit: FIT_SEEDS.windows, calibration: FIT_SEEDS.windowCalibration };
  const fit = (fitted: FittedWindows) => fitWindowHead(fitted, heads, seeds);
  return {
    tremor: fit({ ...atWrist, condition: 'tremor', threshold: HALF, gaitThreshold: HALF }),
    // Walks of three slots or more are in few windows.
    rigidityProxy: fit({
      ...{ ...atWrist, condition: 'rigidityProxy', windowsOfEach: 48, slotsMin: 2 },
      ...{ threshold: HALF, gaitThreshold: HALF },
    }),
    gait: fit({ ...atWrist, condition: 'gait', threshold: HALF, gaitThreshold: HALF }),
    // A freeze lasts 7 s in the mean (Bächlin 2010): one slot is enough.
    freezing: fit({
      ...{ condition: 'freezing', placement: Placement.shank, cohort: FREEZERS, slotsMin: 1 },
      windowThreshold: FREEZING_WINDOW_THRESHOLD,
      features: ['somePositive', ...SHARES],
      ...{ patients: PATIENTS, windowsOfEach: 48, threshold: freezingThreshold, gaitThreshold: HALF },
    }),
  };
}

function trainingOf(examples: readonly Example[]): TrainingFile {
  const bins = SIGNAL_FEATURES.map((name) => [
    name,
    trainingBins(examples.map((example) => featureOf(example, name))),
  ]);
  return { slots: examples.length, features: Object.fromEntries(bins) };
}
