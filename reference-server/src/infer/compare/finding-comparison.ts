import { CONDITIONS, Placement } from '@gaitway/contract';
import type { ModelFile } from '../model-file.ts';
import type { ComparedWindow, RaisesAlert } from './model-comparison.ts';
import { type Positive, positiveWindow } from './positive.ts';

/**
 * Of fewer windows in which the current model finds something nobody can say which share the candidate misses: with 30, one
 * that misses a tenth of them passes 0.3 by chance in 1 of 2,200 looks (binomial).
 */
export const FOUND_MIN = 30;

/** What one of the two finds in windows of one placement: a condition, or a reason to raise an alert. */
interface Finding {
  /** Of windows in which the current model finds it, and of these those in which the candidate does not. */
  found: number;
  missed: number;
  /** Of windows in which the candidate finds it, and the current model says that it is not there. */
  added: number;
}

/** A share, and what it is a share of. */
export interface WorstFinding {
  share: number;
  of: string;
}

/**
 * What a candidate finds beside what the current model finds, condition by condition and placement by placement: shares of what was found, not of
 * all windows, so that a model which is blind for what is rare is as far off as one that is blind for what is common.
 */
export class FindingComparison {
  private readonly findings = new Map<string, Finding>();
  private readonly raises: RaisesAlert;
  private readonly candidate: ModelFile;
  private readonly current: ModelFile;

  constructor(models: Record<keyof ComparedWindow, ModelFile>, raises: RaisesAlert) {
    this.candidate = models.candidate;
    this.current = models.current;
    this.raises = raises;
  }

  /** `placement`: the number of where the device sat. */
  add({ candidate, current }: ComparedWindow, placement: number): void {
    let assessed = false;
    for (const condition of CONDITIONS) {
      const before = positiveWindow(current, condition, this.current);
      if (before === null) continue;
      assessed = true;
      this.count(condition, placement, before, positiveWindow(candidate, condition, this.candidate));
    }
    if (assessed)
      this.count('alerts', placement, this.raises(current, 'current'), this.raises(candidate, 'candidate'));
  }

  /** Of the windows in which the current model finds something, the share in which the candidate does not. The worst finding counts. */
  get missed(): WorstFinding {
    return this.worst(({ missed }) => missed);
  }

  /** Windows in which the candidate alone finds something, over those in which the current model does. The worst finding counts. */
  get added(): WorstFinding {
    return this.worst(({ added }) => added);
  }

  /** What the current model looks for here, and has found too seldom for a share to say anything. */
  get unfound(): string[] {
    return [...this.findings].flatMap(([name, { found }]) =>
      found < FOUND_MIN ? [`${name} (found in ${found} windows, ${FOUND_MIN} are needed)`] : [],
    );
  }

  private count(what: string, placement: number, before: Positive, after: Positive): void {
    const name = `${what} at the ${PLACES[placement]}`;
    let finding = this.findings.get(name);
    if (finding === undefined) {
      finding = { found: 0, missed: 0, added: 0 };
      this.findings.set(name, finding);
    }
    if (before) finding.found += 1;
    // Who cannot say whether it is there does not find it.
    if (before && !after) finding.missed += 1;
    if (!before && after) finding.added += 1;
  }

  private worst(shared: (finding: Finding) => number): WorstFinding {
    let worst = { share: 0, of: 'nothing' };
    for (const [name, finding] of this.findings) {
      if (finding.found < FOUND_MIN) continue;
      const share = shared(finding) / finding.found;
      if (share > worst.share) worst = { share, of: name };
    }
    return worst;
  }
}

const PLACES: string[] = [];
for (const [name, placement] of Object.entries(Placement)) PLACES[placement] = name;
