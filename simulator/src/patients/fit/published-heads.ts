import type { Calibration, SlotHeadFile, WindowHeadFile } from '@gaitway/reference-server';
import { rounded } from './calibrate.ts';
import type { Line } from './device-freeze-index.ts';

/** Log-odds that were set by hand are taken for what they say. */
const AS_IT_IS: Calibration = { slope: 1, intercept: 0 };

/**
 * A proxy, never rigidity itself: that is resistance to passive movement, which no worn sensor sees. An arm that swings
 * at 45 deg/s is usual (the centre of the signal model's range), half of that is even odds, and an octave more or less moves
 * the log-odds by 2.
 */
export const RIGIDITY_PROXY: SlotHeadFile = {
  condition: 'rigidityProxy',
  placements: ['wrist'],
  origin: 'published',
  source:
    'arm swing in walking goes with rigidity in the less affected arm only (48 people, OxQUIP), and slowness lowers it as well; set by hand, not fitted',
  walkingOnly: true,
  intercept: rounded(2 * Math.log2(22.5)),
  weights: { armSwing: -2 },
  calibration: AS_IT_IS,
};

/** The lower of the two thresholds that the authors of the Daphnet recordings give for their ten patients (3 and 1.5). */
export const FREEZE_INDEX = 1.5;

/**
 * Even odds at a freeze index of 1.5, and an octave moves the log-odds by 2; read off the device's own index by `device`. A leg
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

/** The window's log-odds rise from -3 to 3 with the mean of its walking slots; the share adds nothing to it. */
export const RIGIDITY_PROXY_WINDOW: WindowHeadFile = {
  threshold: 500,
  intercept: -3,
  weights: { slotScoreMean: 6, slotsPositiveShare: 0 },
  calibration: AS_IT_IS,
};

/** Why there is no head for these, though a clinician would want one. */
export const DECLINED = {
  bradykinesia:
    'slowness shows against the own best of the same person over minutes; a window has no baseline of its patient',
  dyskinesia:
    'movement at 1-4 Hz goes with dyskinesia except in walking (Manson 2000) and is that of any lively activity too; one device and one minute do not tell them apart',
} as const;
