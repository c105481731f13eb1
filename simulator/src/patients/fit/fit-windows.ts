import { Placement } from '@gaitway/contract';
import {
  contributionsOf,
  type SlotHeadFile,
  WINDOW_FEATURES,
  type WindowFeature,
  type WindowHeadFile,
  windowFeatures,
} from '@gaitway/reference-server';
import { calibrate, rounded } from './calibrate.ts';
import { LivingPatients, probabilityOf, SLOTS_OF_A_DAY, type Truth } from './examples.ts';
import { fitLogistic } from './logistic.ts';

const WINDOWS = 1000;
const PATIENTS = 200;
const WINDOW_SLOTS = 12;
/** The windows of one patient are spread over a day. */
const APART_SLOTS = SLOTS_OF_A_DAY / (WINDOWS / PATIENTS);
const RIDGE = 0.3;
const THRESHOLD = 500;

type Fitted = Record<'tremor' | 'gait', WindowHeadFile>;

/** What a window's slots say of it: fitted to the windows of one seed, calibrated on those of another. */
export function fitWindows(
  heads: readonly SlotHeadFile[],
  seeds: { fit: number; calibration: number },
): Fitted {
  return Object.fromEntries(
    (['tremor', 'gait'] as const).map((condition) => {
      const head = heads.find((one) => one.condition === condition)!;
      const { rows, truth } = windowsOf(head, condition, seeds.fit);
      const [intercept, ...weights] = fitLogistic(rows, truth, RIDGE).map(rounded);
      const linear = {
        intercept: intercept!,
        weights: Object.fromEntries(WINDOW_FEATURES.map((name, i) => [name, weights[i]!])) as Record<
          WindowFeature,
          number
        >,
      };
      const other = windowsOf(head, condition, seeds.calibration);
      const scores = other.rows.map(
        (row) => contributionsOf(linear, (name) => row[WINDOW_FEATURES.indexOf(name)]!).score,
      );
      const calibration = calibrate(scores, other.truth);
      return [condition, { threshold: THRESHOLD, ...linear, calibration }];
    }),
  ) as Fitted;
}

/** A window shows a condition when at least half of its slots do. */
function windowsOf(
  head: SlotHeadFile,
  condition: keyof Truth,
  seed: number,
): { rows: number[][]; truth: boolean[] } {
  const patients = new LivingPatients(seed, Placement.wrist);
  const rows: number[][] = [];
  const truth: boolean[] = [];
  for (let window = 0; window < WINDOWS; window++) {
    const first = Math.floor(window / PATIENTS) * APART_SLOTS;
    const examples = Array.from({ length: WINDOW_SLOTS }, (_, slot) =>
      patients.at(window % PATIENTS, first + slot),
    );
    const slots = examples.map((example, seq) => ({
      ...{ startMs: seq, boot: 0, seq, tremor: null, rigidityProxy: null, gait: null, freezing: null },
      [condition]: Math.round(1000 * probabilityOf(head, example)),
    }));
    const features = windowFeatures(condition, slots, THRESHOLD)!;
    rows.push(WINDOW_FEATURES.map((name) => features[name]));
    truth.push(examples.filter((example) => example.truth[condition]).length >= WINDOW_SLOTS / 2);
  }
  return { rows, truth };
}
