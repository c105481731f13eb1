import { type Frame, FrameKind, Placement } from '@gaitway/contract';
import type { ModelFile } from '../infer/model-file.ts';

/**
 * How far a slot must pass the threshold of its head before anybody is called: nine to one, where the threshold is even.
 * On synthetic walkers this halves the false alarms of the threshold alone and costs few freezes (docs/inference.md).
 */
const ODDS = 9;

const known = new WeakMap<ModelFile, readonly number[]>();

/**
 * By the number of the placement, the score of a slot from which on a freezing alert may be raised, in thousandths;
 * infinite where nothing is said of freezing. In the head's own log-odds, before its calibration: one that was calibrated for people who
 * seldom freeze says small probabilities, and would else never call.
 */
export function freezeScores(model: ModelFile): readonly number[] {
  let scores = known.get(model);
  if (scores === undefined) {
    scores = scoresOf(model);
    known.set(model, scores);
  }
  return scores;
}

/** Whether anything is said of freezing in readings of this kind, where this device sits. Called for every reading. */
export function mayFreeze(model: ModelFile, { kind, placement }: Pick<Frame, 'kind' | 'placement'>): boolean {
  return kind === FrameKind.features && Number.isFinite(freezeScores(model)[placement]);
}

function scoresOf({ slotHeads, windowHeads }: ModelFile): number[] {
  const scores: number[] = [];
  for (const placement of Object.values(Placement)) scores[placement] = Number.POSITIVE_INFINITY;
  const threshold = windowHeads.freezing.threshold / 1000;
  for (const { condition, placements, calibration } of slotHeads) {
    if (condition !== 'freezing') continue;
    const logOdds = Math.log(threshold / (1 - threshold)) + calibration.slope * Math.log(ODDS);
    for (const name of placements) scores[Placement[name]] = 1000 / (1 + Math.exp(-logOdds));
  }
  return scores;
}
