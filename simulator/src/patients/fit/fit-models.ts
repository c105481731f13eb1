import { Placement } from '@gaitway/contract';
import {
  contributionsOf,
  type LinearModel,
  MODEL_FORMAT,
  MODEL_VERSION,
  type ModelFile,
  SIGNAL_FEATURES,
  type SignalFeature,
  type SlotHeadFile,
  type TrainingFile,
} from '@gaitway/reference-server';
import { calibrate, rounded } from './calibrate.ts';
import { deviceFreezeIndex } from './device-freeze-index.ts';
import { type Example, featureOf, LivingPatients, type Truth } from './examples.ts';
import { fitWindows } from './fit-windows.ts';
import { fitLogistic } from './logistic.ts';
import {
  DECLINED,
  FREEZE_INDEX,
  FREEZING_WINDOW,
  freezingHead,
  RIGIDITY_PROXY,
  RIGIDITY_PROXY_WINDOW,
} from './published-heads.ts';
import { trainingBins } from './training-bins.ts';

/** Seeds of the patients that the models are fitted to, each part of the fit to others. Tests look at others still. */
export const FIT_SEEDS = { slots: 101, slotCalibration: 104, windows: 103, windowCalibration: 105 } as const;
export const FIT_COMMAND = 'node simulator/dist/patients/fit/fit-command.js';

const SLOT_RIDGE = 1;
const PATIENTS = 200;
const SLOTS_OF_EACH = 60;

/** Slots to fit to, and those of other people to calibrate on. */
interface Examples {
  fittedTo: readonly Example[];
  living: readonly Example[];
}

type FittedHead = Pick<SlotHeadFile, 'placements' | 'source'> & {
  condition: keyof Truth;
  features: readonly SignalFeature[];
};

/** Few features, most of them ratios: a model fitted to raw band powers of synthetic people fails on real ones. */
const FITTED: readonly FittedHead[] = [
  {
    condition: 'tremor',
    placements: ['wrist'],
    source:
      'gyroscope, power in 3.5-7.5 Hz against 0.5-3 Hz (Elble 2017), and the arm at rest below 50 (deg/s)^2 (ParaDigMa; Timmermans 2025)',
    features: ['gyroTremorToLocomotion', 'gyroMovement'],
  },
  {
    condition: 'gait',
    placements: ['wrist'],
    source:
      '1.7 steps a second (PMC5875188), power in 0.5-3 Hz and not in that of tremor (Moore 2008), the whole body moves and not the arm alone',
    features: ['stepsOffCadence', 'gyroTremorToLocomotion', 'accelToGyroLocomotion'],
  },
  {
    condition: 'gait',
    placements: ['shank', 'ankle'],
    source: 'a leg that walks moves in the locomotion band, 0.5-3 Hz (Moore 2008); no gyroscope is needed',
    features: ['accelLocomotion'],
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
  const slotHeads = [...fitted, RIGIDITY_PROXY, freezingHead(deviceFreezeIndex(FREEZE_INDEX))];
  const windowsOf = { fit: FIT_SEEDS.windows, calibration: FIT_SEEDS.windowCalibration };
  const { tremor, gait } = fitWindows(fitted, windowsOf);
  return {
    format: MODEL_FORMAT,
    version: MODEL_VERSION,
    madeBy: FIT_COMMAND,
    slotHeads,
    windowHeads: { tremor, rigidityProxy: RIGIDITY_PROXY_WINDOW, gait, freezing: FREEZING_WINDOW },
    declined: DECLINED,
    training: { wrist: trainingOf(wrists.living), shank: trainingOf(legs.living) },
  };
}

function fitSlotHead(
  { condition, placements, source, features }: FittedHead,
  { fittedTo, living }: Examples,
): SlotHeadFile {
  const rows = fittedTo.map((example) => features.map((name) => featureOf(example, name)));
  const truth = fittedTo.map((example) => example.truth[condition]);
  const [intercept, ...weights] = fitLogistic(rows, truth, SLOT_RIDGE).map(rounded);
  const linear: LinearModel<SignalFeature> = {
    intercept: intercept!,
    weights: Object.fromEntries(features.map((name, i) => [name, weights[i]!])),
  };
  const logOdds = living.map((example) => contributionsOf(linear, (name) => featureOf(example, name)).score);
  const calibration = calibrate(
    logOdds,
    living.map((example) => example.truth[condition]),
  );
  return { condition, placements, origin: 'fitted', source, ...linear, calibration };
}

function trainingOf(examples: readonly Example[]): TrainingFile {
  const bins = SIGNAL_FEATURES.map((name) => [
    name,
    trainingBins(examples.map((example) => featureOf(example, name))),
  ]);
  return { slots: examples.length, features: Object.fromEntries(bins) };
}
