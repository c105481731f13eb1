import type { Clock, WindowDocument } from '@gaitway/contract';
import type { Archive } from '../../archive/archive.ts';
import type { Meter } from '../../observe/meter.ts';
import type { StageTimer } from '../../observe/stage-timer.ts';
import { ComparedModels } from '../compare/compared-models.ts';
import type { Inference, SlotFrame, WindowModels } from '../inference.ts';
import type { Model, SlotScores } from '../model.ts';
import type { ReadingHeader } from '../signal-features.ts';
import { breachOf, type CandidateFigures, type RollOutLimits } from './guard.ts';
import {
  advanced,
  beginRollOut,
  isChosen,
  ROLL_OUT_LEAD_MS,
  type RollOut,
  shareAt,
  stopped,
} from './roll-out.ts';
import { contentSha256, refuseOtherContent } from './same-content.ts';

/** So often an instance asks how far the roll-out is: often enough to know of a step before it is for any window. */
const ASK_EVERY_MS = 5000;

export interface RolledOutModelsDeps {
  current: Model;
  candidate: Model;
  archive: Pick<Archive, 'rollOut' | 'saveRollOut'>;
  clock: Clock;
  meter: Meter;
  stages: StageTimer;
  limits: RollOutLimits;
  warn(says: string): void;
}

/**
 * A candidate that takes over from the current model, a share of the patients after the other. How far it is lies in the
 * archive, where all instances read it. Each instance watches its own windows of the candidate: the first one that
 * has seen enough of them takes the next step, and the first one whose figures leave their limits takes all of it back.
 */
export class RolledOutModels implements Inference {
  private readonly deps: RolledOutModelsDeps;
  private readonly models: ComparedModels;
  private rollOut: RollOut | undefined;
  private askedAtMs = Number.NEGATIVE_INFINITY;
  /** When the archive last told how far the roll-out is, by the monotonic clock. */
  private answeredAtMs = Number.NEGATIVE_INFINITY;
  private saidCutOff = false;
  private saidWaits = false;

  constructor(deps: RolledOutModelsDeps) {
    const { current, candidate, meter, stages, clock } = deps;
    this.deps = deps;
    const { version } = candidate;
    this.models = new ComparedModels({
      ...{ current, candidate, meter, stages },
      chosen: (patient, startMs) => {
        // Which model speaks must be known before the first window is opened.
        if (this.rollOut === undefined) throw new Error('nobody has asked yet how far the roll-out is');
        return !this.isCutOff && isChosen(patient, version, shareAt(this.rollOut, startMs));
      },
    });
    meter
      .gauge('rollOutShare')
      .follow(() => (this.rollOut && !this.isCutOff ? shareAt(this.rollOut, clock.epochMs()) : 0));
  }

  modelsFor(patient: string, startMs: number): WindowModels {
    return this.models.modelsFor(patient, startMs);
  }

  modelsOf(version: string, patient: string, startMs: number): WindowModels {
    return this.models.modelsOf(version, patient, startMs);
  }

  score(models: WindowModels, values: ArrayLike<number>, header: ReadingHeader): SlotScores {
    return this.models.score(models, values, header);
  }

  folded(models: WindowModels, frame: SlotFrame, scores: SlotScores, drivers: Float64Array): void {
    this.models.folded(models, frame, scores, drivers);
  }

  closed(models: WindowModels, document: WindowDocument): void {
    // Of the share that is now: what was opened under the one before says nothing of this one.
    if (this.rollOut && document.startMs < this.rollOut.steps.at(-1)!.fromMs) return;
    this.models.closed(models, document);
  }

  /**
   * Asks how far the roll-out is, now and then, and takes the step that this instance's figures call for. Rejects only while
   * nobody knows yet who speaks of whom; with a `ModelFileFault` where a file of other content was rolled out under the version. Later the last step stands, as long as no other can have begun: from then on an
   * instance that the archive does not answer may not know that the roll-out was taken back, and its current model
   * speaks alone.
   */
  async tend(): Promise<void> {
    const { clock } = this.deps;
    if (clock.monotonicMs() - this.askedAtMs < ASK_EVERY_MS) return;
    try {
      await this.ask();
    } catch (error) {
      if (this.rollOut === undefined) throw error;
    }
    this.askedAtMs = clock.monotonicMs();
    this.sayCutOff();
  }

  /** Another step may have begun since the archive told of the last one; once a roll-out is over there is none. */
  private get isCutOff(): boolean {
    const sinceMs = this.deps.clock.monotonicMs() - this.answeredAtMs;
    return this.rollOut?.state === 'running' && sinceMs > ROLL_OUT_LEAD_MS;
  }

  private sayCutOff(): void {
    const { candidate, warn } = this.deps;
    const { isCutOff } = this;
    if (isCutOff === this.saidCutOff) return;
    this.saidCutOff = isCutOff;
    warn(
      isCutOff
        ? `how far the roll-out of model ${candidate.version} is could not be read for ${ROLL_OUT_LEAD_MS / 1000} s: the current model speaks of everybody here until it can`
        : `how far the roll-out of model ${candidate.version} is can be read again`,
    );
  }

  /** Who starts a candidate expects it to be rolled out: one whose roll-out is over is not, and nobody watches it. */
  private sayOver({ candidate, state, because }: RollOut): void {
    const { warn } = this.deps;
    if (state === 'complete')
      warn(
        `the roll-out of model ${candidate} is complete: it speaks of everybody, and its figures stop nothing`,
      );
    if (state === 'stopped')
      warn(
        `the roll-out of model ${candidate} was stopped and taken back: ${because}; it speaks of nobody until a mended file has a version of its own`,
      );
  }

  private sayWaits({ candidate, steps }: RollOut, { windows, tooFewOf }: CandidateFigures): void {
    if (this.saidWaits) return;
    this.saidWaits = true;
    const { limits, warn } = this.deps;
    warn(
      `the roll-out of model ${candidate} waits at ${100 * steps.at(-1)!.share} %: too few were seen in ${windows} windows of ${tooFewOf.join(', ')}; if that is so after ${limits.windowsMost} windows, it is taken back`,
    );
  }

  private async ask(): Promise<void> {
    const { archive, candidate, clock } = this.deps;
    let stored = await archive.rollOut(candidate.version);
    if (stored?.contentSha256 === undefined) {
      const own = contentSha256(candidate.file);
      if (stored)
        this.deps.warn(
          `of the roll-out of model ${candidate.version} no content was kept: this file (SHA-256 ${own}) is taken for the one that was rolled out`,
        );
      await archive.saveRollOut(
        stored
          ? { ...stored, revision: stored.revision + 1, contentSha256: own }
          : beginRollOut(candidate.version, own, clock.epochMs()),
      );
      // Of two who begin at once with different files one finds the other's.
      stored = await archive.rollOut(candidate.version);
    }
    refuseOtherContent(candidate, stored);
    this.take(stored);
    this.answeredAtMs = clock.monotonicMs();
    if (this.rollOut?.state === 'running') await this.judge(this.rollOut);
  }

  private take(stored: RollOut | null): void {
    if (stored === null || stored.revision === this.rollOut?.revision) return;
    if (this.rollOut === undefined) this.sayOver(stored);
    this.rollOut = stored;
    this.saidWaits = false;
    this.models.beginFigures();
  }

  private async judge(rollOut: RollOut): Promise<void> {
    const { archive, clock, limits, meter, warn } = this.deps;
    const figures = this.models.figures();
    const breach = breachOf(figures, limits);
    if (breach === undefined) {
      if (figures.windows >= limits.windowsMin) this.sayWaits(rollOut, figures);
      return;
    }
    const nowMs = clock.epochMs();
    const next = breach === null ? advanced(rollOut, nowMs) : stopped(rollOut, nowMs, breach.says);
    // Another instance may have been first: then what it wrote is read the next time.
    if (!(await archive.saveRollOut(next))) return;
    this.take(next);
    if (breach === null) return;
    meter.counter('rollOutsStopped', { figure: breach.figure }).add();
    warn(`the roll-out of model ${rollOut.candidate} is stopped and taken back: ${breach.says}`);
  }
}
