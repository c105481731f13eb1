/** Movements that look like what the models search for and are none of it (research note on inference, 2.4). */
export const CONFOUNDERS = [
  'tooth-brushing',
  'table-knock',
  'clapping',
  'chair-drop',
  'lying-down-fast',
  'voluntary-stop',
] as const;
export type Confounder = (typeof CONFOUNDERS)[number];

export type Range = readonly [least: number, most: number];

/**
 * Who the synthetic people of a run are. Plain data: it travels to worker processes as it is, and the files of
 * `scenarios/cohorts` hold the same fields. Shares of one group add up to 1.
 */
export interface Cohort {
  name: string;
  /** Time of day at which slot 0 of a run begins, hours after midnight. */
  startHour: number;
  /** Where the device sits. */
  placement: Readonly<Record<'wrist' | 'shank', number>>;
  /** Share of devices with an optical sensor for the heart; kept to a sixteenth (see `BODY_BINS`). */
  opticalSensorShare: number;
  /** Rest tremor without medication. */
  restTremor: Readonly<Record<'none' | 'mild' | 'moderate' | 'marked' | 'severe', number>>;
  /** Bradykinesia without medication. */
  slowness: Readonly<Record<'none' | 'mild' | 'moderate' | 'marked', number>>;
  /** Share of people whose gait freezes. */
  freezerShare: number;
  /** Share of people who have dyskinesia when the medication is at its height. */
  dyskinesiaShare: number;
  /** Falls of a person in a year, before `fallBoost`. */
  fallsPerYear: number;
  /** Multiplies the falls, so that a short run has some. A figure from boosted falls has to say so. */
  fallBoost: number;
  /** Share of waking slots that hold one of `hardNegatives`. */
  hardNegativeShare: number;
  /** Of those slots, how many are of which kind. */
  hardNegatives: Readonly<Record<Confounder, number>>;
  /** Between which limits people differ. */
  ranges: {
    readonly tremorHz: Range;
    /** Steps per minute. */
    readonly cadence: Range;
    readonly armSwingDegPerSecond: Range;
    /** Strength of a stride against the usual. */
    readonly gaitStrength: Range;
    /** Strength of daily movements against the usual. */
    readonly liveliness: Range;
    /** Of those who freeze, while they walk without medication. */
    readonly freezesPerMinute: Range;
    readonly freezeHz: Range;
    readonly dosesPerDay: Range;
    readonly restingHeartRateBpm: Range;
  };
}

/** The people of a run that names no cohort; `scenarios/cohorts/default.yaml` says the same, and a test holds it to this. */
export const COHORT_DEFAULT: Cohort = {
  name: 'default',
  startHour: 9,
  placement: { wrist: 0.75, shank: 0.25 },
  opticalSensorShare: 0.25,
  // About a third of people with Parkinson's have no rest tremor; the rest is spread over mild to severe.
  restTremor: { none: 0.3, mild: 0.25, moderate: 0.23, marked: 0.14, severe: 0.08 },
  slowness: { none: 0.3, mild: 0.3, moderate: 0.25, marked: 0.15 },
  freezerShare: 0.35,
  dyskinesiaShare: 0.3,
  fallsPerYear: 3,
  fallBoost: 1,
  hardNegativeShare: 0.07,
  hardNegatives: {
    'tooth-brushing': 0.5,
    'table-knock': 0.1,
    clapping: 0.12,
    'chair-drop': 0.08,
    'lying-down-fast': 0.06,
    'voluntary-stop': 0.14,
  },
  // Research note on inference, 2.2 and 2.5.
  ranges: {
    tremorHz: [3.9, 6.4],
    cadence: [78, 130],
    armSwingDegPerSecond: [15, 90],
    gaitStrength: [0.6, 1.5],
    liveliness: [0.5, 1.7],
    freezesPerMinute: [0.3, 3],
    freezeHz: [3.2, 6.2],
    dosesPerDay: [3, 6],
    restingHeartRateBpm: [55, 95],
  },
};

/** The cohort with every range `factor` times as wide about its middle, never below 0: for people unlike those of a training. */
export function widened(cohort: Cohort, factor: number): Cohort {
  const ranges = Object.fromEntries(
    Object.entries(cohort.ranges).map(([name, [least, most]]) => {
      const middle = (least + most) / 2;
      const half = ((most - least) / 2) * factor;
      return [name, [Math.max(0, middle - half), middle + half]];
    }),
  ) as unknown as Cohort['ranges'];
  return { ...cohort, name: `${cohort.name}, ranges times ${factor}`, ranges };
}

/** A value of the range, each as likely; `share` in [0, 1). */
export function evenly([least, most]: Range, share: number): number {
  return least + (most - least) * share;
}

/** A value of the range, most often near its middle: its ends lie 2.5 standard deviations away. */
export function bell([least, most]: Range, normal: number): number {
  return Math.min(most, Math.max(least, (least + most) / 2 + (normal * (most - least)) / 5));
}

/** Which of the shares `draw` in [0, 1) falls into: an index. */
export function shareAt(shares: readonly number[], draw: number): number {
  let sum = 0;
  for (let i = 0; i < shares.length - 1; i++) {
    sum += shares[i]!;
    if (draw < sum) return i;
  }
  return shares.length - 1;
}
