import type { Assessment, Driver, SlotScore } from '@gaitway/contract';
import type { Stage } from '../observe/stage-timer.ts';
import { Model, type SlotScores } from './model.ts';
import type { ModelFile } from './model-file.ts';
import type { SignalFeatures } from './signal-features.ts';

/** A model whose own time is a stage of its own. */
export class MeasuredModel extends Model {
  private readonly stage: Stage;

  constructor(file: ModelFile, stage: Stage) {
    super(file);
    this.stage = stage;
  }

  override scoresOf(features: SignalFeatures): SlotScores {
    const begun = this.stage.begin();
    const scores = super.scoresOf(features);
    this.stage.end(begun);
    return scores;
  }

  override assessWindow(slots: readonly SlotScore[], drivers?: readonly Driver[]): Assessment {
    const begun = this.stage.begin();
    const assessment = super.assessWindow(slots, drivers);
    this.stage.end(begun);
    return assessment;
  }
}
