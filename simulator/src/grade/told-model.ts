import { CONDITIONS, type Condition, type RunGrades } from '@gaitway/contract';
import { POSITIVE_THOUSANDTHS } from './graded-conditions.ts';

/** What a server told of its model before it was graded. */
export type ToldModel = NonNullable<RunGrades['model']>;

const THRESHOLD_MOST = 1000;

/**
 * From which score on an answer is positive, in thousandths. It is the model's to choose (what a freeze costs that is
 * missed, and what a false alarm), and it was told before the run: nobody chooses it when the scores are known. What
 * is no threshold counts as none.
 */
export function thresholdOf(told: ToldModel | undefined, condition: Condition): number {
  const threshold: unknown = told?.thresholds[condition];
  const isOne = typeof threshold === 'number' && Number.isInteger(threshold);
  return isOne && threshold > 0 && threshold <= THRESHOLD_MOST ? threshold : POSITIVE_THOUSANDTHS;
}

/** Conditions that patients have and no answer speaks of. */
const UNANSWERED = ['bradykinesia', 'dyskinesia'] as const;

/** What nothing can be graded of, and why: it is said, so that nobody takes silence for a good grade. */
export function ungradedOf(told: ToldModel | undefined): NonNullable<RunGrades['ungraded']> {
  return [
    ...UNANSWERED.map((condition) => ({
      condition,
      reason: told?.declined[condition] ?? 'no answer of the server speaks of it, and it does not say why',
    })),
    {
      condition: 'rigidityProxy' satisfies Condition,
      reason: 'it stands for a resistance to passive movement, which the synthetic patients do not have',
    },
  ];
}

/**
 * What a server's settings say of its model, as far as it can be understood; `undefined`: nothing. Another server than
 * ours may say anything here.
 */
export function toldModelOf(model: unknown): ToldModel | undefined {
  if (typeof model !== 'object' || model === null) return undefined;
  const { version, thresholds, declined } = model as Record<string, unknown>;
  if (typeof version !== 'string') return undefined;
  const known = CONDITIONS.flatMap((condition): [string, number][] => {
    const threshold: unknown = record(thresholds)[condition];
    return typeof threshold === 'number' && Number.isInteger(threshold) && threshold >= 0
      ? [[condition, threshold]]
      : [];
  });
  const reasons = Object.entries(record(declined)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { version, thresholds: Object.fromEntries(known), declined: Object.fromEntries(reasons) };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
