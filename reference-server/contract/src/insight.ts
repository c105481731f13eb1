import type { Condition } from './domain.ts';

/** How a number that a predicate names lies to the one that is computed. `equals`: to the decimals of each kind. */
export const COMPARISONS = ['atLeast', 'atMost', 'equals'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/**
 * What a sentence of an insight claims, in a closed grammar, so that a program can compute it again from what
 * the sentence cites. Windows are cited one by one, or all of a statistic; `grade` is {@link gradeOf}.
 */
export type InsightPredicate =
  /** Mean probability of the condition over the cited windows that could be assessed: 0 to 1, two decimals. */
  | { kind: 'mean'; condition: Condition; comparison: Comparison; value: number }
  /** Share of the cited windows that could be assessed in which the condition was found: 0 to 1, two decimals. */
  | { kind: 'share'; condition: Condition; comparison: Comparison; value: number }
  /** How many of the cited windows could be assessed for the condition, or had it found in them. */
  | {
      kind: 'windows';
      condition: Condition;
      which: 'assessable' | 'positive';
      comparison: Comparison;
      value: number;
    }
  /** In how many of the cited windows in which the condition was found this feature of the signal raised its score most. */
  | { kind: 'driver'; condition: Condition; feature: string; comparison: Comparison; value: number }
  /** Mean of the later cited statistic less that of the earlier one: -1 to 1, two decimals. */
  | { kind: 'change'; condition: Condition; comparison: Comparison; value: number }
  /** How many of the cited alerts are of this rule. */
  | { kind: 'alerts'; rule: string; comparison: Comparison; value: number }
  /** How many entries of medication are cited. */
  | { kind: 'medication'; comparison: Comparison; value: number }
  /** The cited exercise is for the condition at the grade that the cited windows have, and nothing speaks against it. */
  | { kind: 'exercise'; condition: Condition };

/** One sentence, what it rests on (ids of `InsightItem`s), and what of it can be computed again. */
export interface InsightSentence {
  text: string;
  supports: string[];
  predicate: InsightPredicate;
}

/** What the models say of one condition in one window, as far as an insight needs it. */
export interface WindowScore {
  condition: Condition;
  /** `null`: not assessable. */
  probability: number | null;
}

/** A published work that an exercise rests on. */
export interface ExerciseSource {
  id: string;
  kind: 'guideline' | 'review' | 'trial' | 'study';
  reference: string;
  doi?: string;
}

/** Something that an insight cites, as it was when it was written. */
export type InsightItem =
  | { id: string; kind: 'window'; startMs: number; revision: number; scores: WindowScore[] }
  | {
      id: string;
      kind: 'statistic';
      condition: Condition;
      /** The windows that start in [fromMs, toMs), and how many there are of them. */
      fromMs: number;
      toMs: number;
      windows: number;
      assessable: number;
      positive: number;
      /** `null`: no window could be assessed. */
      meanProbability: number | null;
      /**
       * Of the windows in which it was found, those in which each feature of the signal raised its score most; most windows first. Left
       * out where it was found in none, and where one of them does not say what drove it.
       */
      drivers?: { feature: string; windows: number }[];
    }
  | { id: string; kind: 'alert'; alert: string; rule: string; atMs: number; says: string }
  | { id: string; kind: 'medication'; entry: string; takenAtMs: number; doseMg: number }
  | {
      id: string;
      kind: 'exercise';
      exercise: string;
      title: string;
      says: string;
      /** An exercise that is played as a game. */
      game: boolean;
      contraindications: string[];
      /** Those of them that a program looks for, and that nobody could see in the period; absent in older insights. */
      notAssessed?: string[];
      sources: ExerciseSource[];
    };

/** Why a sentence was not kept. */
export const SENTENCE_FAULTS = [
  'bad_form',
  'nothing_cited',
  'unknown_citation',
  'unfit_citation',
  'unfit_bound',
  'predicate_false',
  'number_unsupported',
  'wording_unknown',
  'too_many',
] as const;
export type SentenceFault = (typeof SENTENCE_FAULTS)[number];

/** Why the built-in writer wrote, where another one was asked first. */
export const FALL_BACKS = ['call_failed', 'budget', 'paused', 'nothing_left'] as const;
export type FallBack = (typeof FALL_BACKS)[number];

export const INSIGHT_NOTICE =
  'Written by a program about a synthetic patient. Not a diagnosis and not medical advice; exercises are to be chosen with a physiotherapist.';

/** A text written from a patient's assessments and history; every sentence was computed again before it was kept. */
export interface Insight {
  /** Follows from patient and `toMs`: writing it twice is one insight. */
  id: string;
  patient: string;
  ward: string;
  /** It is about the windows that start in [fromMs, toMs). */
  fromMs: number;
  toMs: number;
  writtenAtMs: number;
  writer: 'built-in' | 'model';
  /** Version of the built-in writer, or name of the model. */
  writtenBy: string;
  fallBack?: FallBack;
  sentences: InsightSentence[];
  /** Every item that a sentence cites, and no other. */
  cited: InsightItem[];
  /** How many sentences were removed, by reason; of every writer that was asked. */
  removed: Partial<Record<SentenceFault, number>>;
  notice: typeof INSIGHT_NOTICE;
  synthetic: true;
}

/**
 * How much of the time a condition was found, 0 to 4: 0 never, 1 up to a quarter of the windows, 2 up to half,
 * 3 up to three quarters, 4 above. The steps are those of MDS-UPDRS item 3.18 (constancy of rest tremor), for
 * every condition; not calibrated against a clinician. `gait` says that somebody walks, so there 4 is much walking.
 */
export function gradeOf(positive: number, assessable: number): number {
  return Math.ceil((4 * positive) / assessable);
}
