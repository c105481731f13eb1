import type { FrameHeader, SlotScore, WindowDocument } from '@gaitway/contract';
import type { DriftWatch } from './drift/drift-watch.ts';
import { builtInModel } from './load-model.ts';
import type { Model, SlotScores } from './model.ts';
import { MODEL_VERSION } from './model-names.ts';
import { emptySignalFeatures, type ReadingHeader, readSignalFeatures } from './signal-features.ts';

/** Another model that is asked about the same slots. What it says is compared and counted, never stored nor shown. */
export interface SecondOpinion {
  readonly model: Model;
  readonly slots: SlotScore[];
  /** Where the device sat when it reported last, as in the frame's header. */
  placement: number;
}

/** Who speaks of one window. */
export interface WindowModels {
  /** Scores its slots and assesses it: one model for a whole window. */
  readonly model: Model;
  readonly second?: SecondOpinion;
}

export type SlotFrame = Pick<FrameHeader, 'startMs' | 'boot' | 'seq'>;

/** Which models a server has, and which one speaks of whom. */
export interface Inference {
  /** For a patient's window that begins at `startMs`: the same on every instance, and after a restart. */
  modelsFor(patient: string, startMs: number): WindowModels;
  /** For readings that come after a document was written by the model of this version. */
  modelsOf(version: string, patient: string, startMs: number): WindowModels;
  /** Scores one reading; `values` one per row of `FEATURE_FIELDS`. Called for every reading. */
  score(models: WindowModels, values: ArrayLike<number>, header: ReadingHeader): SlotScores;
  /**
   * The reading that was scored last was new to its window. Called for every one that is; `drivers`: the window's sums, to
   * which what drove these scores is added.
   */
  folded(models: WindowModels, frame: SlotFrame, scores: SlotScores, drivers: Float64Array): void;
  /** A window was closed into this document. */
  closed(models: WindowModels, document: WindowDocument): void;
  /** Called again and again between two rounds of a processor, before windows are opened. Rejects when a store fails. */
  tend(): Promise<void>;
}

/** One model speaks of everybody. */
export class OneModel implements Inference {
  private readonly models: WindowModels;
  private readonly drift: DriftWatch | undefined;
  private readonly features = emptySignalFeatures();

  constructor(model: Model = builtInModel(MODEL_VERSION), drift?: DriftWatch) {
    this.models = { model };
    this.drift = drift;
  }

  modelsFor(): WindowModels {
    return this.models;
  }

  modelsOf(): WindowModels {
    return this.models;
  }

  score({ model }: WindowModels, values: ArrayLike<number>, header: ReadingHeader): SlotScores {
    readSignalFeatures(values, header, this.features);
    return model.scoresOf(this.features);
  }

  folded({ model }: WindowModels, _: SlotFrame, scores: SlotScores, drivers: Float64Array): void {
    model.drivers.add(this.features, scores, drivers);
    this.drift?.observe(this.features);
  }

  closed(): void {}

  async tend(): Promise<void> {}
}
