import { COHORT_DEFAULT, CONFOUNDERS } from '@gaitway/simulator/cohort';

const share = { type: 'number', minimum: 0, maximum: 1 } as const;
const within = (minimum: number, maximum: number) => ({ type: 'number', minimum, maximum }) as const;
const rangeWithin = (minimum: number, maximum: number) =>
  ({ type: 'array', items: within(minimum, maximum), minItems: 2, maxItems: 2 }) as const;

function sharesOf(names: readonly string[]) {
  return {
    type: 'object',
    required: names,
    additionalProperties: false,
    properties: Object.fromEntries(names.map((name) => [name, share])),
  };
}

/** Groups whose shares add up to 1. */
export const SHARE_GROUPS = ['placement', 'restTremor', 'slowness', 'hardNegatives'] as const;

/** What the ranges of a cohort may be at the most: beyond it no body, and no signal at 50 Hz, is like that. */
const RANGES = {
  tremorHz: rangeWithin(2, 12),
  cadence: rangeWithin(30, 240),
  armSwingDegPerSecond: rangeWithin(0, 400),
  gaitStrength: rangeWithin(0, 5),
  liveliness: rangeWithin(0, 5),
  freezesPerMinute: rangeWithin(0, 20),
  freezeHz: rangeWithin(2, 12),
  dosesPerDay: rangeWithin(1, 12),
  restingHeartRateBpm: rangeWithin(30, 150),
} satisfies Record<keyof typeof COHORT_DEFAULT.ranges, unknown>;

/** A file of `scenarios/cohorts`. A field that is left out is the default cohort's. */
export const COHORT_FILE_SCHEMA = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 80 },
    startHour: { type: 'number', minimum: 0, exclusiveMaximum: 24 },
    placement: sharesOf(Object.keys(COHORT_DEFAULT.placement)),
    opticalSensorShare: share,
    restTremor: sharesOf(Object.keys(COHORT_DEFAULT.restTremor)),
    slowness: sharesOf(Object.keys(COHORT_DEFAULT.slowness)),
    freezerShare: share,
    dyskinesiaShare: share,
    fallsPerYear: within(0, 1000),
    fallBoost: within(0, 10_000),
    hardNegativeShare: within(0, 0.3),
    hardNegatives: sharesOf(CONFOUNDERS),
    ranges: { type: 'object', additionalProperties: false, properties: RANGES },
    rangesWidenedBy: within(0.1, 2),
  },
} as const;
