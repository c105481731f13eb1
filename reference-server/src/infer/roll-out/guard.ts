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
  /** Of the windows in which the current model finds something, the share in which the candidate does not; the worst finding at the worst placement. */
  missedShare: number;
  /** Windows in which the candidate alone finds something, over those in which the current model does; the worst likewise. */
  addedShare: number;
  /** Of the candidate alone: its slots' scores and its assessment. */
  microsPerWindow: number;
  /** Greatest population stability index of a feature against the candidate's training. */
  driftIndex: number;
  /** What is there and was seen too seldom for one of these figures to speak of it. */
  tooFewOf: readonly string[];
  /** What is the worst, for figures that have one. */
  worst?: Readonly<Partial<Record<GuardedFigure, string>>>;
}
export type GuardedFigure = Exclude<keyof CandidateFigures, 'windows' | 'tooFewOf' | 'worst'>;

/**
 * A roll-out stops when a figure leaves these over at least `windowsMin` windows, and when after `windowsMost` some figure still
 * lacks samples.
 */
export interface RollOutLimits extends Record<GuardedFigure, number> {
  windowsMin: number;
  windowsMost: number;
}

/**
 * What a model file declares, where it declares nothing of its own. Where nobody knows the truth the current model is the reference: a candidate that is better by more than the limit is
 * stopped as well, and a person decides. The drift limit is the convention for "act" (0.25). What is missed is held closer than
 * what is added, since a false notice costs less than a freeze that nobody is told of; both lie right above what thresholds
 * move that are off by a tenth (docs/inference.md).
 */
export const DECLARED_LIMITS_DEFAULT = {
  calibrationError: 0.05,
  alertRate: 0.05,
  silentShare: 0.05,
  missedShare: 0.3,
  addedShare: 0.5,
  microsPerWindow: 60,
  driftIndex: 0.25,
} as const satisfies DeclaredLimits;

/** `windowsMost`: of what is found in one window of 3,000, 30 are in 90,000. */
export const ROLL_OUT_LIMITS_DEFAULT: Readonly<RollOutLimits> = {
  windowsMin: 500,
  windowsMost: 100_000,
  ...DECLARED_LIMITS_DEFAULT,
};

/** The limits of a candidate: its own where it declares them. */
export function limitsOf({ limits }: { limits?: DeclaredLimits }): RollOutLimits {
  return { ...ROLL_OUT_LIMITS_DEFAULT, ...limits };
}

export interface Breach {
  /** `tooFewOf`: nobody can say whether the figures are within their limits, and it was waited for long enough. */
  figure: GuardedFigure | 'tooFewOf';
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
    const of = figures.worst?.[figure];
    const says = `${figure} is ${rounded(figures[figure])}${of === undefined ? '' : ` (${of})`} over ${figures.windows} windows, beyond ${limits[figure]}`;
    return { figure, says };
  }
  if (figures.tooFewOf.length === 0) return null;
  if (figures.windows < limits.windowsMost) return undefined;
  const says = `too few were seen in ${figures.windows} windows of ${figures.tooFewOf.join(', ')}; let it run in shadow, and decide`;
  return { figure: 'tooFewOf', says };
}

function rounded(value: number): number {
  return Math.round(1000 * value) / 1000;
}
