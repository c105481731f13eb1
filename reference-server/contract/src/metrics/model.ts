import { CONDITIONS } from '../domain.ts';
import type { Metric } from './metric.ts';

const MODEL_ROLES = ['current', 'candidate'] as const;

const PLACEMENTS = ['wrist', 'shank', 'ankle', 'lumbar'] as const;

/** What models look at, of a slot; a test of the reference server holds the list to its own. */
const MODEL_FEATURES = [
  'gyroTremorToLocomotion',
  'gyroMovement',
  'accelToGyroLocomotion',
  'stepsOffCadence',
  'armSwing',
  'freezeIndex',
  'accelStillness',
  'accelLocomotion',
  'gyroTremor',
  'gyroStillness',
] as const;

/** `silent`: one of the two could not say. */
const COMPARISONS = ['both', 'neither', 'currentOnly', 'candidateOnly', 'silent'] as const;

/** The models: drift, a candidate beside the current one, its roll-out. */
export const MODEL_METRICS = {
  modelDrift: {
    name: 'gaitway_model_drift_ratio',
    kind: 'gauge',
    unit: 'ratio',
    help: 'Population stability index of a feature against the training of the model, over its last 2,000 slots: below 0.1 stable, above 0.25 act. Absent before so many slots were seen.',
    unknownUntilSet: true,
    labels: { model: MODEL_ROLES, placement: PLACEMENTS, feature: MODEL_FEATURES },
  },
  modelSlotsCompared: {
    name: 'gaitway_model_slots_compared_total',
    kind: 'counter',
    unit: 'count',
    help: 'Slots that the candidate scored beside the current model, by condition and by who called them positive.',
    labels: { condition: CONDITIONS, positive: COMPARISONS },
  },
  modelWindowsCompared: {
    name: 'gaitway_model_windows_compared_total',
    kind: 'counter',
    unit: 'count',
    help: 'Windows that the candidate assessed beside the current model, by condition and by who called them positive.',
    labels: { condition: CONDITIONS, positive: COMPARISONS },
  },
  rollOutShare: {
    name: 'gaitway_model_roll_out_ratio',
    kind: 'gauge',
    unit: 'ratio',
    help: 'Share of the patients of whom the candidate speaks, now.',
  },
  rollOutsStopped: {
    name: 'gaitway_model_roll_outs_stopped_total',
    kind: 'counter',
    unit: 'count',
    help: 'Roll-outs that this instance stopped and took back, by the figure that left its limit; tooFewOf: too little was seen for one of them, for too long.',
    labels: {
      figure: [
        ...(['calibrationError', 'alertRate', 'silentShare', 'missedShare', 'addedShare'] as const),
        ...(['microsPerWindow', 'driftIndex', 'tooFewOf'] as const),
      ],
    },
  },
} as const satisfies Record<string, Metric>;
