import { type DeclaredLimits, GUARDED_FIGURES } from '../model-file.ts';

/** What is measured of a candidate beside the current model. */
export interface CandidateFigures {
  /** Windows of which both spoke. */
  windows: number;
  /** How far the candidate's probabilities lie from the current model's, as a calibration error. */
  calibrationError: number;
  /** Share of windows that raise an alert, the candidate's less the current model's. */
  alertRate: number;
  /** Of the windows that the current model assessed, the share of which the candidate says nothing; the worst condition. */
  silentShare: number;
  /** Of the candidate alone: its slots' scores and its assessment. */
  microsPerWindow: number;
  /** Greatest population stability index of a feature against the candidate's training. */
  driftIndex: number;
  /** What is there and was seen too seldom for one of these figures to speak of it. */
  tooFewOf: readonly string[];
}
export type GuardedFigure = Exclude<keyof CandidateFigures, 'windows' | 'tooFewOf'>;

/** A roll-out stops when a figure leaves these over at least `windowsMin` windows. */
export interface RollOutLimits extends Record<GuardedFigure, number> {
  windowsMin: number;
}

/**
 * Where nobody knows the truth the current model is the reference: a candidate that is better by more than the limit is
 * stopped as well, and a person decides. The drift limit is the convention for "act" (0.25).
 */
export const ROLL_OUT_LIMITS_DEFAULT: Readonly<RollOutLimits> = {
  windowsMin: 500,
  calibrationError: 0.05,
  alertRate: 0.05,
  silentShare: 0.05,
  microsPerWindow: 60,
  driftIndex: 0.25,
};

/** The limits of a candidate: its own where it declares them. */
export function limitsOf({ limits }: { limits?: DeclaredLimits }): RollOutLimits {
  return { ...ROLL_OUT_LIMITS_DEFAULT, ...limits };
}

export interface Breach {
  figure: GuardedFigure;
  says: string;
}

/**
 * `undefined`: too few windows to say, or too few of something that is there: a figure without samples is within no limit. `null`:
 * all figures are within their limits.
 */
export function breachOf(figures: CandidateFigures, limits: RollOutLimits): Breach | null | undefined {
  if (figures.windows < limits.windowsMin) return undefined;
  for (const figure of GUARDED_FIGURES) {
    // Fewer alerts than before are as much a change as more of them.
    const value = Math.abs(figures[figure]);
    if (value <= limits[figure]) continue;
    const says = `${figure} is ${rounded(figures[figure])} over ${figures.windows} windows, beyond ${limits[figure]}`;
    return { figure, says };
  }
  return figures.tooFewOf.length > 0 ? undefined : null;
}

function rounded(value: number): number {
  return Math.round(1000 * value) / 1000;
}
