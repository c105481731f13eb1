import { Placement } from '@gaitway/contract';
import {
  contributionsOf,
  freezingInWalking,
  type LinearModel,
  type SlotHeadFile,
  type WindowFeature,
  type WindowHeadFile,
  windowFeatures,
} from '@gaitway/reference-server';
import { COHORT_DEFAULT, type Cohort } from '../cohort.ts';
import { calibrate, rounded } from './calibrate.ts';
import { LivingPatients, probabilityOf, SLOTS_OF_A_DAY, type Truth } from './examples.ts';
import { type Bounds, fitLogistic } from './logistic.ts';

const WINDOW_SLOTS = 12;
const RIDGE = 0.3;
/** No slot that shows a condition speaks against it. */
const NEVER_AGAINST: Bounds = [0, Number.POSITIVE_INFINITY];

/** How the windows of one condition are fitted. */
export interface FittedWindows {
  condition: keyof Truth;
  placement: Placement;
  cohort?: Cohort;
  patients: number;
  windowsOfEach: number;
  /** A window shows the condition when so many of its slots do. */
  slotsMin: number;
  /** A slot whose score is at least this, in thousandths, is positive; and one that is walked. */
  threshold: number;
  windowThreshold: number;
  gaitThreshold: number;
  features: readonly WindowFeature[];
}

/** What a window's slots say of it: fitted to the windows of one seed, calibrated on those of another. */
export function fitWindowHead(
  fitted: FittedWindows,
  heads: readonly SlotHeadFile[],
  seeds: { fit: number; calibration: number },
): WindowHeadFile {
  const { rows, truth } = windowsOf(fitted, heads, seeds.fit);
  const { features } = fitted;
  const bounds = features.map(() => NEVER_AGAINST);
  const [intercept, ...weights] = fitLogistic(rows, truth, RIDGE, bounds).map(rounded);
  const linear: LinearModel<WindowFeature> = {
    intercept: intercept!,
    weights: Object.fromEntries(features.map((name, i) => [name, weights[i]!])),
  };
  const other = windowsOf(fitted, heads, seeds.calibration);
  const scores = other.rows.map(
    (row) => contributionsOf(linear, (name) => row[features.indexOf(name)]!).score,
  );
  const { threshold, windowThreshold } = fitted;
  return { threshold, windowThreshold, ...linear, calibration: calibrate(scores, other.truth) };
}

/** The windows of one patient are spread over a day. */
function windowsOf(
  fitted: FittedWindows,
  heads: readonly SlotHeadFile[],
  seed: number,
): { rows: number[][]; truth: boolean[] } {
  const { condition, placement, cohort, patients, windowsOfEach, slotsMin, threshold, gaitThreshold } =
    fitted;
  const place = placement === Placement.shank ? 'shank' : 'wrist';
  const headOf = (name: keyof Truth) =>
    heads.find((head) => head.condition === name && head.placements.includes(place))!;
  const [own, gait] = [headOf(condition), headOf('gait')];
  const living = new LivingPatients(seed, placement, cohort ?? COHORT_DEFAULT);
  const apart = Math.floor(SLOTS_OF_A_DAY / windowsOfEach);
  const rows: number[][] = [];
  const truth: boolean[] = [];
  for (let window = 0; window < patients * windowsOfEach; window++) {
    const examples = Array.from({ length: WINDOW_SLOTS }, (_, slot) =>
      living.at(window % patients, Math.floor(window / patients) * apart + slot),
    );
    const slots = examples.map((example, seq) => {
      const walks = Math.round(1000 * probabilityOf(gait, example));
      const silent = own.walkingOnly && walks < gaitThreshold;
      return {
        ...{ startMs: seq, boot: 0, seq, tremor: null, rigidityProxy: null, gait: walks, freezing: null },
        [condition]: silent ? null : Math.round(1000 * probabilityOf(own, example)),
      };
    });
    const counts = condition === 'freezing' ? freezingInWalking(slots, threshold, gaitThreshold) : undefined;
    const found = windowFeatures(condition, slots, threshold, counts);
    // Too few slots that could be scored.
    if (found === null) continue;
    rows.push(fitted.features.map((name) => found[name]));
    truth.push(examples.filter((example) => example.truth[condition]).length >= slotsMin);
  }
  return { rows, truth };
}
