import type { Calibration, SlotHeadFile } from '@gaitway/reference-server';
import { FREEZE_INDEX } from '../../grade/freeze-index.ts';
import { rounded } from './calibrate.ts';
import type { Line } from './device-freeze-index.ts';
import { LITTLE_SWING_DEG_PER_SECOND } from './examples.ts';

/** Log-odds that were set by hand are taken for what they say. */
const AS_IT_IS: Calibration = { slope: 1, intercept: 0 };

/**
 * A proxy, never rigidity itself: that is resistance to passive movement, which no worn sensor sees. An arm that swings
 * at 45 deg/s is usual, half of that is a score of 0, and an octave more or less moves the log-odds by 2. Its probability is
 * that of the arm's swing, which synthetic people know, and not of rigidity, which nobody does.
 */
export const rigidityProxyHead = (calibration: Calibration = AS_IT_IS): SlotHeadFile => ({
  condition: 'rigidityProxy',
  placements: ['wrist'],
  origin: 'published',
  source:
    'arm swing in walking goes with rigidity in the less affected arm only (48 people, OxQUIP), and slowness lowers it as well; weight set by hand, probability of less than half the usual swing',
  walkingOnly: true,
  intercept: rounded(2 * Math.log2(LITTLE_SWING_DEG_PER_SECOND)),
  weights: { armSwing: -2 },
  calibration,
});

/**
 * Even odds at a freeze index of `FREEZE_INDEX`, and an octave moves the log-odds by 2; read off the device's own index by `device`. A leg
 * that stands is no freeze: each octave below the power threshold takes 4.
 */
export function freezingHead(device: Line, calibration: Calibration = AS_IT_IS): SlotHeadFile {
  return {
    condition: 'freezing',
    placements: ['shank', 'ankle'],
    origin: 'published',
    source:
      "freeze index above 1.5: Moore 2008; power threshold and shank: Bächlin 2010 (IEEE TITB 14:436); three axes instead of the vertical one, 5 s, the index of the device's filters in place of the spectral one; fitted to no recording",
    intercept: rounded(-2 * Math.log2(FREEZE_INDEX) - (2 * device.intercept) / device.slope),
    weights: { freezeIndex: rounded(2 / device.slope), accelStillness: -4 },
    calibration,
  };
}

/** Why there is no head for these, though a clinician would want one. */
export const DECLINED = {
  bradykinesia:
    'slowness shows against the own best of the same person over minutes; a window has no baseline of its patient',
  dyskinesia:
    'movement at 1-4 Hz goes with dyskinesia except in walking (Manson 2000) and is that of any lively activity too; one device and one minute do not tell them apart',
} as const;
