import { thousandths } from './linear-model.ts';
import type { SlotHeadFile } from './model-file.ts';
import { type SignalFeature, type SignalFeatures, signalFeatureIndex } from './signal-features.ts';

/** What scores slots for one condition: a head of a model file, made ready for the hot path. */
export class SlotHead {
  readonly file: SlotHeadFile;
  private readonly indexes: Uint8Array;
  private readonly weights: Float64Array;
  private readonly slope: number;
  private readonly shift: number;

  constructor(file: SlotHeadFile) {
    this.file = file;
    const names = Object.keys(file.weights) as SignalFeature[];
    this.indexes = Uint8Array.from(names, signalFeatureIndex);
    this.weights = Float64Array.from(names, (name) => file.weights[name]!);
    this.slope = file.calibration.slope;
    this.shift = file.calibration.intercept;
  }

  /** Calibrated probability in thousandths. Only for features without a fault. */
  score({ values }: SignalFeatures): number {
    let logOdds = this.file.intercept;
    for (let i = 0; i < this.indexes.length; i++) logOdds += this.weights[i]! * values[this.indexes[i]!]!;
    return thousandths(this.slope * logOdds + this.shift);
  }
}
