import type { WindowDocument } from '@gaitway/contract';
import { FEATURE_FIELDS, type Frame, FrameKind, featureIndex, hash32, Placement } from '@gaitway/contract';
import { OpenWindow } from '../window/open-window.ts';
import type { Inference } from './inference.ts';

const SLOTS = 12;
const SLOT_MS = 5000;
export const WINDOW_MS = SLOTS * SLOT_MS;

type Scene = Readonly<Record<string, number>>;

/** Energies in octaves of counts^2 at 8 g and 1000 deg/s: a tremor, a walk, one with a stiff arm, and a hand that lies still. */
const SCENES: readonly Scene[] = [
  { accelLocomotionLog2: 18, gyroLocomotionLog2: 20, gyroTremorLog2: 25, gyroXRms: 600, steps: 0 },
  { accelLocomotionLog2: 26.5, gyroLocomotionLog2: 27.5, gyroTremorLog2: 23, gyroXRms: 1500, steps: 8 },
  { accelLocomotionLog2: 26.5, gyroLocomotionLog2: 27.5, gyroTremorLog2: 23, gyroXRms: 300, steps: 8 },
  { accelLocomotionLog2: 19, gyroLocomotionLog2: 17, gyroTremorLog2: 15, gyroXRms: 40, steps: 0 },
];

/** Legs: at rest, and at a walk, in which one window of this many holds a freeze. */
const LEG_RESTS: Scene = { accelLocomotionLog2: 19, accelFreezeLog2: 17 };
const LEG_WALKS: Scene = { accelLocomotionLog2: 30, accelFreezeLog2: 26 };
const LEG_FREEZES: Scene = { accelLocomotionLog2: 27, accelFreezeLog2: 30 };
const WINDOWS_OF_A_FREEZE = 20;
const FREEZE_SLOTS = [5, 6];

function sceneOf(placement: Placement, drawn: number, slot: number): Scene {
  if (placement !== Placement.shank) return SCENES[drawn % SCENES.length]!;
  if (drawn % WINDOWS_OF_A_FREEZE === 0 && FREEZE_SLOTS.includes(slot)) return LEG_FREEZES;
  return drawn % 2 === 0 ? LEG_WALKS : LEG_RESTS;
}

/** A window of one scene, a little different in each slot; everything follows from patient and moment. */
export function playWindow(
  inference: Inference,
  patient: number,
  startMs: number,
  placement: Placement = Placement.wrist,
): WindowDocument {
  const name = `p${patient}`;
  const models = inference.modelsFor(name, startMs);
  const window = new OpenWindow(name, 'w0', startMs, startMs + WINDOW_MS, 0, false, models);
  const drawn = hash32(patient, startMs / WINDOW_MS);
  for (let slot = 0; slot < SLOTS; slot++) {
    const values = new Int32Array(FEATURE_FIELDS.length);
    values[featureIndex('sampleCount')] = 250;
    for (const [field, value] of Object.entries(sceneOf(placement, drawn, slot))) {
      const wobble = (hash32(patient, startMs / WINDOW_MS, slot, featureIndex(field)) % 128) - 64;
      values[featureIndex(field)] = field.endsWith('Log2') ? 256 * value + wobble : value;
    }
    const frame = {
      ...{ kind: FrameKind.features, flags: 0, placement, accelRange: 2, gyroRange: 2 },
      ...{ device: 1, boot: 1, seq: slot, startMs: startMs + slot * SLOT_MS, slotMs: SLOT_MS },
    } as Frame;
    const scores = inference.score(models, values, frame);
    if (window.fold(frame, slot, patient, values, scores))
      inference.folded(models, frame, scores, window.drivers);
  }
  const document = window.close(1, true, startMs + WINDOW_MS, 0);
  inference.closed(models, document);
  return document;
}
