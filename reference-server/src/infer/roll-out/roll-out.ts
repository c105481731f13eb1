import { hashString } from '@gaitway/contract';

/** From a moment on, this share of the patients has the candidate speak of their windows. */
export interface RollOutStep {
  /** Of windows that begin then or later, ms since the epoch. */
  fromMs: number;
  share: number;
}

/**
 * How far a candidate is rolled out: what all instances share, and what outlives them. Every step names the windows that it is
 * for, so who speaks of a window follows from this record and the window alone, whoever asks and whenever.
 */
export interface RollOut {
  /** The candidate's version: there is one roll-out of each. */
  candidate: string;
  /** Of what its file says, hexadecimal; left out: a record from before this was kept. Another file may not go by this version. */
  contentSha256?: string;
  /** One more with each change; whoever read an older one may not write. */
  revision: number;
  steps: readonly RollOutStep[];
  /** `stopped`: a figure left its limit, and the candidate speaks of nobody any more. */
  state: 'running' | 'complete' | 'stopped';
  /** Why it stopped. */
  because?: string;
}

export const ROLL_OUT_SHARES: readonly number[] = [0.1, 0.5, 1];

/**
 * A step is for windows that begin so long after it was decided: longer than any instance takes to hear of it, so that all
 * of them open these windows alike.
 */
export const ROLL_OUT_LEAD_MS = 20_000;

export function beginRollOut(candidate: string, contentSha256: string, nowMs: number): RollOut {
  const steps = [{ fromMs: nowMs + ROLL_OUT_LEAD_MS, share: ROLL_OUT_SHARES[0]! }];
  return { candidate, contentSha256, revision: 1, steps, state: 'running' };
}

/** The share of patients of whose windows that begin at `startMs` the candidate speaks. */
export function shareAt({ steps }: Pick<RollOut, 'steps'>, startMs: number): number {
  let share = 0;
  for (const step of steps) if (step.fromMs <= startMs) share = step.share;
  return share;
}

/** Whoever was chosen for a share is so for every larger one; another candidate chooses others. */
export function isChosen(patient: string, candidate: string, share: number): boolean {
  return share > 0 && hashString(patient, hashString(candidate)) < share * 4294967296;
}

/** The next larger share, or the end. */
export function advanced(rollOut: RollOut, nowMs: number): RollOut {
  const share = ROLL_OUT_SHARES.find((each) => each > rollOut.steps.at(-1)!.share);
  const revision = rollOut.revision + 1;
  if (share === undefined) return { ...rollOut, revision, state: 'complete' };
  return { ...rollOut, revision, steps: [...rollOut.steps, { fromMs: nowMs + ROLL_OUT_LEAD_MS, share }] };
}

/** Taken back: the current model speaks of everybody again. */
export function stopped(rollOut: RollOut, nowMs: number, because: string): RollOut {
  const steps = [...rollOut.steps, { fromMs: nowMs + ROLL_OUT_LEAD_MS, share: 0 }];
  return { ...rollOut, revision: rollOut.revision + 1, steps, state: 'stopped', because };
}
