import { CONDITIONS, type Condition, Placement } from '@gaitway/contract';
import { builtInModel, MODEL_VERSION } from '@gaitway/reference-server';
import { FOURIER_FREEZE_INDEX } from '../grade/fourier-freeze-index.ts';
import { PUBLISHED_FREEZE_INDEX } from '../grade/freeze-index.ts';
import {
  casesOf,
  type GradedHead,
  gradeOfCases,
  type Head,
  type HeadCases,
  type HeadGrade,
  joinCases,
} from './head-cases.ts';
import type { Recording, RecordingPlacement } from './recording.ts';
import { slotsOf } from './recording-slots.ts';
import { type ScoredSlot, scoreSlots } from './score-slots.ts';
import { freezesOf, freezingIn, type SlotTruth, tremorIn } from './slot-truth.ts';
import type { WindowLabels } from './window-labels.ts';

/** Stands wherever a figure of a recording is shown. */
export const RECORDING_CAVEAT =
  'These are small samples of very few people: they catch gross errors, and prove nothing clinically.';

/** What a head said where nobody knows the truth. */
export interface UngradedHead {
  condition: Condition;
  slots: number;
  scored: number;
  positive: number;
}

export interface RecordingGrade {
  file: string;
  placement: RecordingPlacement;
  seconds: number;
  rateHz: number;
  gyroscope: boolean;
  slots: number;
  gaps: { count: number; seconds: number; firstLine: number | null };
  graded: HeadGrade[];
  ungraded: UngradedHead[];
  /** What a reader should know, one sentence each. */
  notes: string[];
}

export interface GradedRecording {
  grade: RecordingGrade;
  cases: HeadCases[];
}

/** Methods that were published for freezing: beside the models, for comparison. */
const PUBLISHED: readonly Head[] = [
  {
    ...{ condition: 'freezing', method: PUBLISHED_FREEZE_INDEX, probabilities: false },
    answer: ({ freezeIndex }) => freezeIndex,
  },
  {
    ...{ condition: 'freezing', method: FOURIER_FREEZE_INDEX, probabilities: false },
    answer: ({ fourierFreezeIndex }) => fourierFreezeIndex,
  },
];

/** From this score on the model that answers calls a slot positive, thousandths. */
function thresholdOf(condition: Condition): number {
  return builtInModel(MODEL_VERSION).file.windowHeads[condition].threshold;
}

function modelHead(condition: Condition): Head {
  const threshold = thresholdOf(condition);
  return {
    ...{ condition, method: 'model', probabilities: true },
    answer: ({ scores }) => {
      const score = scores[condition] ?? null;
      return score === null ? null : { score, positive: score >= threshold };
    },
  };
}

/**
 * Scores a recording with what device and server run, and grades it where somebody knows the truth: freezing by the
 * recording's own labels, tremor by `windowLabels`.
 */
export function gradeRecording(
  recording: Recording,
  placement: RecordingPlacement,
  windowLabels?: WindowLabels,
): GradedRecording {
  const hasGyroscope = recording.gyro.length > 0;
  const { slots, blind } = scoreSlots(slotsOf(recording), Placement[placement], hasGyroscope);
  const truths = truthsOf(recording, slots, windowLabels);
  const models = CONDITIONS.filter((head) => slots.some(({ scores }) => scores[head] !== undefined));
  const cases: HeadCases[] = [];
  for (const [condition, truth] of truths) {
    const model = models.find((head) => head === condition);
    const events = condition === 'freezing' ? freezesOf(recording) : null;
    if (model !== undefined) cases.push(casesOf(modelHead(model), slots, truth, events));
    for (const published of PUBLISHED) {
      if (published.condition === condition) cases.push(casesOf(published, slots, truth, events));
    }
  }
  const { file, timesMs, rateHz, gaps } = recording;
  const grade: RecordingGrade = {
    ...{ file, placement, rateHz, gyroscope: hasGyroscope, slots: slots.length },
    seconds: (timesMs.at(-1)! - timesMs[0]!) / 1000,
    gaps: {
      count: gaps.length,
      seconds: gaps.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) / 1000,
      firstLine: gaps[0]?.line ?? null,
    },
    graded: cases.map(gradeOfCases),
    ungraded: models.filter((head) => !truths.has(head)).map((head) => ungradedOf(head, slots)),
    notes: notesOf(truths, models, blind),
  };
  return { grade, cases };
}

/** What several recordings come to together: all their slots as one sample, head by head. */
export function poolRecordings(recordings: readonly GradedRecording[]): HeadGrade[] {
  const byHead = new Map<string, HeadCases[]>();
  for (const each of recordings.flatMap(({ cases }) => cases)) {
    const key = `${each.head.condition} ${each.head.method}`;
    const others = byHead.get(key);
    if (others === undefined) byHead.set(key, [each]);
    else others.push(each);
  }
  return [...byHead.values()].map((parts) => gradeOfCases(joinCases(parts)));
}

function truthsOf(
  { labels }: Recording,
  slots: readonly ScoredSlot[],
  windowLabels: WindowLabels | undefined,
): Map<GradedHead, SlotTruth[]> {
  const truths = new Map<GradedHead, SlotTruth[]>();
  const each = (truth: (slot: ScoredSlot['slot']) => SlotTruth) => slots.map(({ slot }) => truth(slot));
  if (labels !== undefined) {
    truths.set(
      'freezing',
      each((slot) => freezingIn(slot, labels)),
    );
  }
  if (windowLabels !== undefined) {
    truths.set(
      'tremor',
      each((slot) => tremorIn(slot, windowLabels)),
    );
  }
  return truths;
}

function ungradedOf(condition: Condition, slots: readonly ScoredSlot[]): UngradedHead {
  const scores = slots.flatMap(({ scores: all }) => all[condition] ?? []);
  const positive = scores.filter((score) => score >= thresholdOf(condition)).length;
  return { condition, slots: slots.length, scored: scores.length, positive };
}

function notesOf(
  truths: ReadonlyMap<GradedHead, readonly SlotTruth[]>,
  models: readonly Condition[],
  blind: readonly Condition[],
): string[] {
  const notes: string[] = [];
  if (truths.size === 0) {
    notes.push(
      'Nobody says what is true of this recording: there are scores, and no grades. Add a column label (0, 1, 2: freezing), or name windows with --labels (tremor).',
    );
  }
  for (const [condition, truth] of truths) {
    if (truth.every((each) => each === null)) notes.push(`No slot of it is labelled for ${condition}.`);
    if (!(models as readonly string[]).includes(condition))
      notes.push(`The models of this version do not know ${condition}: only the published method is graded.`);
  }
  if (blind.length > 0)
    notes.push(
      `There is no gyroscope, and these heads look at rotation: ${blind.join(', ')}. They say nothing.`,
    );
  return notes;
}
