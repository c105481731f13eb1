import { type Condition, Placement } from '@gaitway/contract';
import type { Calibration, LinearModel } from './linear-model.ts';
import type { SignalFeature } from './signal-features.ts';
import type { WindowFeature } from './window-features.ts';

/** The layout of model files that this version reads. */
export const MODEL_FORMAT = 1;

export type PlacementName = Exclude<keyof typeof Placement, 'unknown'>;
export const PLACEMENT_NAMES = Object.keys(Placement).filter((name) => name !== 'unknown') as PlacementName[];

/** What scores one slot for one condition, at the placements that it is valid for. */
export interface SlotHeadFile extends LinearModel<SignalFeature> {
  condition: Condition;
  placements: readonly PlacementName[];
  /** Where the weights come from: `fitted` to synthetic patients, or `published` and set by hand from what `source` names. */
  origin: 'fitted' | 'published';
  source: string;
  /** It may speak only of slots in which the person walks. */
  walkingOnly?: boolean;
  calibration: Calibration;
}

/** What a window's slots say of one condition. */
export interface WindowHeadFile extends LinearModel<WindowFeature> {
  /** A slot whose score is at least this, in thousandths, is positive. */
  threshold: number;
  /** A window whose probability is at least this, in thousandths, has the condition. */
  windowThreshold: number;
  calibration: Calibration;
}

/** How one feature was distributed in training: shares of the bins between the edges, one more than there are edges. */
export interface FeatureBins {
  edges: readonly number[];
  shares: readonly number[];
}

export interface TrainingFile {
  slots: number;
  features: Readonly<Partial<Record<SignalFeature, FeatureBins>>>;
}

/**
 * How far a model may lie from the one that it takes over from, figure by figure of a roll-out (`roll-out/guard.ts`): what it does
 * not declare is as there.
 */
export type DeclaredLimits = Readonly<Partial<Record<(typeof GUARDED_FIGURES)[number], number>>>;
export const GUARDED_FIGURES = [
  'calibrationError',
  'alertRate',
  'silentShare',
  'missedShare',
  'addedShare',
  'microsPerWindow',
  'driftIndex',
] as const;
/**
 * The widest limit that a file may declare for itself, so that none can talk its own guard away: four times the usual one; of what
 * is found twice what the usual one lets be missed, and four times what it lets be added; and of time
 * 300 us, with which 100,000 patients (1,667 windows a second) would take half of a core.
 */
export const WIDEST_LIMITS: Readonly<Record<(typeof GUARDED_FIGURES)[number], number>> = {
  calibrationError: 0.2,
  alertRate: 0.2,
  silentShare: 0.2,
  missedShare: 0.6,
  addedShare: 2,
  microsPerWindow: 300,
  driftIndex: 1,
};

/** A model as data: everything that a server needs to assess slots and windows. */
export interface ModelFile {
  format: typeof MODEL_FORMAT;
  /** Named in every assessment. */
  version: string;
  /** The command that writes this file. */
  madeBy: string;
  slotHeads: readonly SlotHeadFile[];
  windowHeads: Readonly<Record<Condition, WindowHeadFile>>;
  /** Conditions that it does not assess, each with the reason. */
  declined: Readonly<Record<string, string>>;
  limits?: DeclaredLimits;
  /** By placement, what the slots were like that it was calibrated on. */
  training: Readonly<Partial<Record<PlacementName, TrainingFile>>>;
}

/** From which score on a slot is positive, in thousandths, by condition. */
export function thresholdsOf({ windowHeads }: Pick<ModelFile, 'windowHeads'>): Record<Condition, number> {
  return Object.fromEntries(
    Object.entries(windowHeads).map(([condition, { threshold }]) => [condition, threshold]),
  ) as Record<Condition, number>;
}

/** From which probability on a condition counts as found in a window, by condition. */
export function windowThresholdsOf({
  windowHeads,
}: Pick<ModelFile, 'windowHeads'>): Record<Condition, number> {
  return Object.fromEntries(
    Object.entries(windowHeads).map(([condition, { windowThreshold }]) => [
      condition,
      windowThreshold / 1000,
    ]),
  ) as Record<Condition, number>;
}
