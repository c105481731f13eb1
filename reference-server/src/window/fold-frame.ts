import {
  type FeatureValues,
  type Frame,
  FrameKind,
  frameHash,
  frameHashHigh,
  HEADER_BYTES,
  readFeatures,
} from '@gaitway/contract';
import type { Inference, WindowModels } from '../infer/inference.ts';
import type { SlotScores } from '../infer/model.ts';
import type { Stage } from '../observe/stage-timer.ts';
import type { OpenWindow } from './open-window.ts';

/** What the window stage is timed as; none lies inside another. */
export interface WindowStages {
  route: Stage;
  infer: Stage;
  fold: Stage;
  close: Stage;
}

/** Scores a frame with features. */
export function scoreFrame(
  models: WindowModels,
  bytes: Uint8Array,
  frame: Frame,
  values: FeatureValues,
  stages: WindowStages,
  inference: Inference,
): SlotScores {
  const inferring = stages.infer.begin();
  readFeatures(bytes, HEADER_BYTES, values);
  const scores = inference.score(models, values, frame);
  stages.infer.end(inferring);
  return scores;
}

/** Folds a frame. `false`: the window holds it already, nothing changed. */
export function foldFrame(
  window: OpenWindow,
  bytes: Uint8Array,
  frame: Frame,
  values: FeatureValues,
  stages: WindowStages,
  inference: Inference,
): boolean {
  let scores: SlotScores | undefined;
  if (frame.kind === FrameKind.features)
    scores = scoreFrame(window.models, bytes, frame, values, stages, inference);
  const folding = stages.fold.begin();
  const hashLow = frameHash(bytes);
  const folded = window.fold(frame, hashLow, frameHashHigh(), scores ? values : undefined, scores);
  stages.fold.end(folding);
  if (folded && scores) inference.folded(window.models, frame, scores, window.drivers);
  if (folded && frame.kind === FrameKind.rawChunk) foldRaw(window, bytes, frame, stages, inference);
  return folded;
}

/** A raw reading is assessed when its ten chunks are there, as the features that its device would have sent. */
function foldRaw(
  window: OpenWindow,
  bytes: Uint8Array,
  frame: Frame,
  stages: WindowStages,
  inference: Inference,
): void {
  const inferring = stages.infer.begin();
  const reading = window.raw.add(bytes, frame);
  if (reading !== undefined) {
    const scores = inference.score(window.models, reading.values, reading.header);
    window.addSlot(reading.frame, scores);
    inference.folded(window.models, reading.frame, scores, window.drivers);
  }
  stages.infer.end(inferring);
}
